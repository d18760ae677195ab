/// <reference lib="dom" />
import { byId, make } from "../../explore/client/dom";
import { checkedRuns } from "../checkedRuns";
import { bytesText, digits, spanText } from "../numbers";
import type { PlanPageData } from "../page";
import { planOf } from "../plan";
import { limitTexts } from "../planText";
import { drawChart } from "./chart";
import { fillForm, markWrong, readForm, takeOwnSize } from "./form";

const { question: first, measured } = JSON.parse(byId("data").textContent ?? "") as PlanPageData;

/** A cell of a table: its text, and a line below it. */
type Cell = string | readonly [string, string];

function table(host: HTMLElement, head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const heads = head.map((text, c) => make("th", { text, className: c === 0 ? "" : "number" }));
  const lines = rows.map((cells) =>
    make(
      "tr",
      {},
      ...cells.map((cell, c) => {
        const [text, below] = typeof cell === "string" ? [cell, ""] : cell;
        const made = make("td", { text, className: c === 0 ? "" : "number" });
        if (below) made.append(make("small", { text: below }));
        return made;
      }),
    ),
  );
  host.replaceChildren(
    make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...lines)),
  );
}

function card(name: string, value: string, note: string): HTMLElement {
  return make(
    "div",
    {},
    make("span", { text: name }),
    make("b", { text: value }),
    make("span", { text: note, className: "soft" }),
  );
}

function answer(): void {
  const question = readForm();
  const { rows, storage, smallestFar, speedOf } = planOf(question, measured);
  const { net } = question;
  byId("cards").replaceChildren(
    card("images", bytesText(storage.images), "stored"),
    card("crops", bytesText(storage.crops), `${net.inputSize}² pixels, not compressed`),
    card("embeddings", bytesText(storage.embeddings), `${net.embedding} floats and names`),
    card("checkpoints", bytesText(storage.checkpoints), "weights and optimiser"),
    card("net", `${digits(net.multiplyAdds / 1e6)} M`, `multiply-adds an image, at the speed of ${speedOf}`),
    card("smallest FAR", smallestFar.toExponential(1), "that all pairs can measure"),
  );
  table(
    byId("jobs"),
    [
      "job",
      "hours",
      "memory",
      ...question.workers.map((workers) => `${workers.toLocaleString("en")} workers`),
    ],
    rows.map((row) => [
      [row.title, row.kind === "gpu" ? `GPUs with ${question.coresPerGpu} cores each` : "single cores"],
      row.gpuHours > 0
        ? [`${digits(row.gpuHours)} GPU-h`, `${digits(row.coreHours)} core-h`]
        : [`${digits(row.coreHours)} core-h`, ""],
      [`${bytesText(row.workerBytes)} a worker`, `${bytesText(row.coordinatorBytes)} at the coordinator`],
      ...row.times.map(
        ({ seconds, limit, trafficBytes }): Cell => [
          spanText(seconds),
          `${limitTexts[limit]}; ${bytesText(trafficBytes)} moved`,
        ],
      ),
    ]),
  );
  drawChart(question, measured);
}

function update(): void {
  let problem = "";
  try {
    answer();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problem = error.message;
  }
  byId("problem").textContent = problem;
  markWrong(problem);
}

fillForm(first);
const percent = (share: number): string => `${share >= 0 ? "+" : "−"}${Math.abs(100 * share).toFixed(0)} %`;
table(
  byId("checks"),
  ["run", "cores it got", "measured", "model", "simulation"],
  checkedRuns(measured).map(({ name, workers, cores, measured: seconds, model, simulated }) => [
    `${name}, ${workers} ${workers === 1 ? "worker" : "workers"}`,
    cores.toFixed(2),
    seconds.toFixed(2),
    [model.toFixed(2), percent(model / seconds - 1)],
    [simulated.toFixed(2), percent(simulated / seconds - 1)],
  ]),
);
byId("net").addEventListener("change", takeOwnSize);
byId("inputs").addEventListener("input", update);
window.addEventListener("resize", update);
byId("inputs").addEventListener("submit", (event) => event.preventDefault());
update();
document.documentElement.dataset.ready = "true";
