/// <reference lib="dom" />
import { byId } from "../../explore/client/dom";
import { countNet } from "../../nets/count";
import { type NetName, namedNet } from "../../nets/named";
import { embeddingSize } from "../../nets/spec";
import { type AssumptionName, assumptions, type PlannedNet, type Question, questionOf } from "../question";

const names = Object.keys(assumptions) as AssumptionName[];
const field = (id: string): HTMLInputElement => byId<HTMLInputElement>(id);

/** Large numbers as a reader would type them: 1.25e10. */
function typed(value: number): string {
  const short = value.toExponential().replace("+", "");
  return value >= 1e6 && short.length < String(value).length ? short : String(value);
}

/** Puts a question into the inputs. */
export function fillForm(question: Question): void {
  const { net } = question;
  field("images").value = typed(question.images);
  field("identities").value = typed(question.identities);
  byId<HTMLSelectElement>("net").value = net.name;
  field("size").value = String(net.inputSize);
  field("embedding").value = String(net.embedding);
  field("workers").value = question.workers.join(", ");
  field("detect").checked = question.detect;
  for (const name of names) field(name).value = typed(question[name]);
}

/** The question in the inputs. Throws a RangeError that names what cannot be. */
export function readForm(): Question {
  const numberOf = (id: string): number => {
    const text = field(id).value.trim();
    return text === "" ? Number.NaN : Number(text);
  };
  return questionOf({
    images: numberOf("images"),
    identities: numberOf("identities"),
    net: netOf(byId<HTMLSelectElement>("net").value as NetName, numberOf("size"), numberOf("embedding")),
    workers: field("workers")
      .value.split(/[,;\s]+/)
      .filter((part) => part !== "")
      .map(Number),
    detect: field("detect").checked,
    ...Object.fromEntries(names.map((name) => [name, numberOf(name)])),
  });
}

function netOf(name: NetName, inputSize: number, embedding: number): PlannedNet {
  const spec = namedNet(name, { inputSize, embedding });
  const { multiplyAdds, parameters } = countNet(spec);
  return {
    name: spec.name,
    inputSize,
    channels: spec.channels,
    multiplyAdds,
    parameters,
    embedding: embeddingSize(spec),
  };
}

/** Another net comes with its own size. */
export function takeOwnSize(): void {
  const name = byId<HTMLSelectElement>("net").value as NetName;
  field("size").value = String(namedNet(name).inputSize);
}

/** Marks the input whose name begins a complaint, and no other. */
export function markWrong(message: string): void {
  const wrong =
    /Cannot plan: (\w+) must/.exec(message)?.[1] ??
    (/input size/.test(message) ? "size" : /embedding size/.test(message) ? "embedding" : "");
  for (const input of document.querySelectorAll("#inputs input")) {
    if (input.id === wrong) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
}
