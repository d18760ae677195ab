import { LabError } from "../core/errors";
import { stepIsFinite } from "../train/nonFinite";
import type { Answer } from "../worker/protocol";
import type { AllReduce, Workers } from "../worker/workers";

/**
 * How the gradients of a step are added up over workers.
 * - `coordinator`: each chunk's comes to this process, which adds them in the order of the chunks, as one process does: the same bits for every number of workers.
 * - `gloo`: each worker adds up those of its own chunks, and the workers add up their sums among themselves (Ray's only). No gradient comes to this process. The
 *   sums are grouped by worker, so that their last bits depend on the number of workers, and on nothing else; a run moves away from that of one process as from
 *   any rounding: by less than 1e-6 of the weights' length in the tests.
 */
export type Reduce = (typeof reduces)[number];
export const reduces = ["coordinator", "gloo"] as const;

/** The gradient of a whole step. */
export interface GradientSum {
  readonly finite: boolean;
  /** Of the coordinator's sum; else every worker has it. */
  readonly gradient?: Float32Array;
}

/** Throws unless these workers can add up in this way. */
export function checkReduce(reduce: Reduce, { allReduce }: Workers): void {
  if (!reduces.includes(reduce)) {
    throw new RangeError(
      `Cannot add up gradients: the way must be one of ${reduces.join(", ")}, current value is ${reduce}`,
    );
  }
  if (reduce === "coordinator" || allReduce) return;
  throw new LabError(
    "Cannot add up gradients by gloo: workers on a Ray cluster are needed, current workers are processes of this machine",
  );
}

/** Adds up what `backward` answered for each chunk, in their order, in 32-bit floats as one process adds them. */
export function sumHere(backward: readonly Answer[]): GradientSum {
  const parts = backward.map(({ arrays }) => arrays.gradient.data as Float32Array);
  const gradient: Float32Array = new Float32Array(parts[0].length);
  for (const part of parts) for (let i = 0; i < gradient.length; i++) gradient[i] += part[i];
  return { gradient, finite: stepIsFinite(0, [gradient]) };
}

/** Adds up what `backward` kept at the workers, gradients of `length` values. */
export async function sumThere(
  allReduce: (request: AllReduce) => Promise<Answer[]>,
  length: number,
): Promise<GradientSum> {
  const answers = await allReduce({ take: "gradient", give: "setGradient", array: "gradient", length });
  return { finite: answers.every(({ result }) => result.finite) };
}
