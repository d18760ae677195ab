import type { LongWork } from "../core/progress";
import type { NamedArrays } from "../worker/arrays";
import { type Call, mapTasks, type WorkerLost, type Workers } from "../worker/workers";
import type { Parts } from "./parts";

/** Options that jobs in parts share. */
export interface PartOptions extends LongWork {
  /** Where finished parts are kept, so that a job which was stopped goes on; default nowhere. */
  readonly parts?: Parts;
  /** How often a part may be given out again after its worker was lost; an integer ≥ 0, default 3. */
  readonly retries?: number;
  /** Called when a worker was lost. */
  readonly onLost?: (error: WorkerLost) => void;
}

/** The first rows of parts of `size` rows. */
export function startsOf(rows: number, size: number): number[] {
  return Array.from({ length: Math.ceil(rows / size) }, (_, part) => part * size);
}

/**
 * Computes `count` parts over all workers, but for those that were kept before, and hands each to `take` as soon as it is there, in any order. Throws as
 * `mapTasks` does.
 */
export async function computeParts(
  workers: Workers,
  count: number,
  stage: string,
  compute: {
    readonly setUp?: (call: Call) => Promise<void>;
    readonly run: (part: number, call: Call) => Promise<NamedArrays>;
    readonly take: (part: number, arrays: NamedArrays) => void;
  },
  { parts, retries, onLost, progress, signal }: PartOptions,
): Promise<void> {
  const missing: number[] = [];
  for (let part = 0; part < count; part++) {
    const known = parts?.load(part);
    if (known) compute.take(part, known);
    else missing.push(part);
  }
  const before = count - missing.length;
  const run = async (part: number, call: Call): Promise<void> => {
    const arrays = await compute.run(part, call);
    parts?.save(part, arrays);
    compute.take(part, arrays);
  };
  await mapTasks(workers, missing, run, {
    setUp: compute.setUp,
    retries,
    onLost,
    signal,
    onDone: (done) => progress?.({ stage, done: before + done, total: count }),
  });
}
