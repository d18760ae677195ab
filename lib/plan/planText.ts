import type { CheckedRun } from "./checkedRuns";
import type { Measured } from "./measured";
import { bytesText, digits, spanText } from "./numbers";
import type { Plan, PlanRow } from "./plan";
import type { Question } from "./question";

/** What limits a job, for people. */
export const limitTexts: Readonly<Record<PlanRow["times"][number]["limit"], string>> = {
  cores: "cores",
  accelerator: "accelerators",
  link: "a worker's link",
  store: "the store",
  coordinator: "the coordinator",
  latency: "messages",
  start: "starting",
  batch: "pieces of a batch",
};

/** A plan for a terminal. */
export function planText(
  question: Question,
  plan: Plan,
  measured: Measured,
  checked: readonly CheckedRun[],
): string {
  const { images, identities, net } = question;
  const { storage } = plan;
  const lines = [
    `${images.toLocaleString("en")} images of ${identities.toLocaleString("en")} identities, ${net.name} at ${net.inputSize} pixels (${digits(net.parameters / 1e6)} M parameters, ${digits(net.multiplyAdds / 1e6)} M multiply-adds an image)`,
    `costs of ${measured.machine}, ${measured.date} (load average ${measured.loadAverage.map((load) => load.toFixed(1)).join(" to ")}); speed of a net: ${plan.speedOf}`,
    `stored: images ${bytesText(storage.images)}, crops ${bytesText(storage.crops)}, embeddings ${bytesText(storage.embeddings)}, checkpoints ${bytesText(storage.checkpoints)}`,
    `pairs of one identity ${plan.samePairs.toExponential(1)}, smallest measurable FAR ${plan.smallestFar.toExponential(1)}`,
  ];
  for (const row of plan.rows) {
    const worker =
      row.kind === "gpu" ? `accelerators with ${question.coresPerGpu} cores each` : "single cores";
    const hours = [
      `${digits(row.coreHours)} core-hours`,
      ...(row.gpuHours > 0 ? [`${digits(row.gpuHours)} GPU-hours`] : []),
    ];
    lines.push(
      "",
      `${row.title}, on ${worker}: ${hours.join(", ")}; memory ${bytesText(row.workerBytes)} a worker, ${bytesText(row.coordinatorBytes)} at the coordinator`,
      ...row.times.map(
        ({ workers, seconds, limit, busy, trafficBytes }) =>
          `  ${workers.toLocaleString("en").padStart(9)} workers  ${spanText(seconds).padStart(12)}   limit: ${limitTexts[limit]}; a worker computes ${Math.round(100 * busy)} % of it; ${bytesText(trafficBytes)} of traffic`,
      ),
    );
  }
  lines.push(
    "",
    "assumed or chosen:",
    ...plan.assumed.map(({ name, value, meaning }) => `  ${name} ${value}: ${meaning}`),
  );
  if (checked.length > 0) {
    lines.push(
      "",
      "the model beside runs on that machine, seconds (cores that a run got): measured, model, simulation",
    );
    for (const { name, workers, cores, measured: seconds, model, simulated } of checked) {
      const off = (value: number): string => `${value.toFixed(2)} (${signed(value / seconds - 1)})`;
      lines.push(
        `  ${name.padEnd(16)} ${workers} ${workers === 1 ? "worker " : "workers"} (${cores.toFixed(2)})  ${seconds.toFixed(2)}  ${off(model)}  ${off(simulated)}`,
      );
    }
  }
  return lines.join("\n");
}

function signed(share: number): string {
  return `${share >= 0 ? "+" : "−"}${Math.abs(100 * share).toFixed(0)} %`;
}
