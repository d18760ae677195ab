import { resolve } from "node:path";
import { UsageError } from "../../core/errors";
import { writeFileAtomic } from "../../core/files";
import { countNet } from "../../nets/count";
import { namedNet, netNames } from "../../nets/named";
import { embeddingSize, type NetSpec } from "../../nets/spec";
import { checkedRuns } from "../../plan/checkedRuns";
import type { Measured } from "../../plan/measured";
import { writePlanPage } from "../../plan/page";
import { planOf } from "../../plan/plan";
import { planText } from "../../plan/planText";
import { type AssumptionName, assumptions, MOST_IMAGES, questionOf } from "../../plan/question";
import { readMeasured } from "../../plan/readMeasured";
import { measurePlan } from "../../walk/planMeasure";
import type { Command, CommandContext } from "../command";
import type { OptionTable } from "../options";
import { listOf } from "../shared";

const optionOf = (name: AssumptionName): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const assumptionOptions: OptionTable = Object.fromEntries(
  (Object.keys(assumptions) as AssumptionName[]).map((name) => {
    const { value, least, most, integer, meaning } = assumptions[name];
    return [
      optionOf(name),
      { kind: integer ? "integer" : "number", help: meaning, least, most, default: value },
    ];
  }),
);

/** Options that only a measurement reads. */
const MEASURING = ["data", "rounds"] as const;

export const planCommand: Command = {
  name: "plan",
  summary:
    "hours, traffic, storage and bottlenecks of a job for many machines, from costs measured on this one",
  options: {
    images: { kind: "integer", help: "images", least: 1, most: MOST_IMAGES, default: 200e6 },
    identities: { kind: "integer", help: "identities", least: 1, most: MOST_IMAGES, default: 8e6 },
    net: { kind: "text", value: "NAME", help: `net (${netNames.join(", ")})`, default: "NN2" },
    size: {
      kind: "integer",
      help: "side of the net's input in pixels; left out: the net's own",
      least: 16,
      most: 512,
    },
    embedding: { kind: "integer", help: "dimension of the embedding; left out: 128", least: 2, most: 4096 },
    workers: { kind: "text", value: "LIST", help: "numbers of workers", default: "10,100,1000" },
    "landmarks-known": { kind: "flag", help: "no detector: landmarks come with the images" },
    ...assumptionOptions,
    measured: {
      kind: "text",
      value: "FILE",
      help: "costs of another measurement; left out: data/results/plan.json",
    },
    measure: {
      kind: "text",
      value: "FILE",
      help: "measure every stage on this machine first (Linux, minutes) and write the costs",
    },
    data: {
      kind: "text",
      value: "DIR",
      help: "pictures to measure on, with known landmarks; left out: 128 faces drawn for it",
    },
    rounds: {
      kind: "integer",
      help: "how often the jobs are run with 1, 2 and 4 workers; left out: 3",
      least: 1,
      most: 100,
    },
    page: { kind: "text", value: "FILE", help: "write a page with a calculator that works offline" },
  },
  examples: [
    "facenet-lab plan --images 200e6 --identities 8e6 --net NN2 --size 224 --workers 10,100,1000",
    "facenet-lab plan --measure my-machine.json",
    "facenet-lab plan --measured my-machine.json --net NN4 --gpu-flops 3e13 --page plan.html",
  ],
  run: async (context) => {
    const spec = specOf(context);
    const { multiplyAdds, parameters } = countNet(spec);
    const { inputSize, channels } = spec;
    const number = (name: string): number => context.number(name) as number;
    const question = questionOf({
      images: number("images"),
      identities: number("identities"),
      net: { name: spec.name, inputSize, channels, multiplyAdds, parameters, embedding: embeddingSize(spec) },
      workers: workersOf(context),
      detect: !context.flag("landmarks-known"),
      ...Object.fromEntries(
        (Object.keys(assumptions) as AssumptionName[]).map((name) => [name, number(optionOf(name))]),
      ),
    });
    const measured = await measuredOf(context);
    const plan = planOf(question, measured);
    const checked = checkedRuns(measured);
    const page = context.text("page");
    if (page !== undefined) writePlanPage(resolve(page), question, measured);
    const { machine, date, loadAverage } = measured;
    const json = {
      question,
      measured: { machine, date, loadAverage },
      ...plan,
      checked,
      ...(page && { page: resolve(page) }),
    };
    const text = planText(question, plan, measured, checked);
    return { json, text: page === undefined ? text : `${text}\n\nthe calculator: ${resolve(page)}` };
  },
};

function specOf(context: CommandContext): NetSpec {
  const given = context.text("net") as string;
  const name = netNames.find((known) => known.toLowerCase() === given.toLowerCase());
  if (!name) {
    throw new UsageError(
      `Cannot use --net: it must be one of ${netNames.join(", ")}, current value is ${given}`,
    );
  }
  return namedNet(name, { inputSize: context.number("size"), embedding: context.number("embedding") });
}

function workersOf(context: CommandContext): number[] {
  const parts = listOf(context, "workers") ?? [];
  return parts.map((part) => {
    const count = part === "" ? Number.NaN : Number(part);
    if (Number.isSafeInteger(count) && count >= 1 && count <= 1e6) return count;
    throw new UsageError(
      `Cannot use --workers: numbers from 1 to 1000000 with commas between them are wanted, current value is ${part}`,
    );
  });
}

async function measuredOf(context: CommandContext): Promise<Measured> {
  const target = context.text("measure");
  if (target === undefined) {
    const idle = MEASURING.find(
      (name) => (name === "data" ? context.text(name) : context.number(name)) !== undefined,
    );
    if (idle) throw new UsageError(`Cannot use --${idle} without --measure: nothing else reads it`);
    return readMeasured(context.text("measured"));
  }
  if (context.text("measured") !== undefined) throw new UsageError("Give either --measure or --measured");
  const { progress, signal } = context;
  const measured = await measurePlan({
    data: context.text("data"),
    rounds: context.number("rounds"),
    date: new Date().toISOString().slice(0, 10),
    progress,
    signal,
  });
  writeFileAtomic(resolve(target), `${JSON.stringify(measured, null, 1)}\n`);
  return measured;
}
