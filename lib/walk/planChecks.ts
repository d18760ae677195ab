import { throwIfStopped } from "../core/errors";
import type { LongWork } from "../core/progress";
import type { DataSet } from "../data/dataset";
import type { NetSpec } from "../nets/spec";
import type { Check, CheckRun, Measured } from "../plan/measured";
import { startLocalWorkers } from "../worker/localWorkers";
import { type CheckSizes, embedCheck, pairsCheck, trainCheck } from "./planCheckJobs";
import { processorSeconds } from "./processorTime";

/** Numbers of workers that every job is run with. */
export const CHECKED_WORKERS: readonly number[] = [1, 2, 4];

/**
 * Runs embedding, all pairs and training with 1, 2 and 4 workers, `rounds` times in turn, and gives their times beside the jobs as the model sees them with these
 * costs.
 */
export async function runChecks(
  measured: Pick<Measured, "costs" | "nets">,
  dataSet: DataSet,
  spec: NetSpec,
  folder: string,
  sizes: CheckSizes,
  rounds: number,
  { progress, signal }: LongWork = {},
): Promise<Check[]> {
  const checked = [
    embedCheck(measured, dataSet, spec, folder, sizes),
    pairsCheck(measured, spec, sizes),
    trainCheck(measured, spec, sizes),
  ];
  const runs = checked.map(() => [] as CheckRun[]);
  const total = rounds * CHECKED_WORKERS.length * checked.length;
  let done = 0;
  for (let round = 0; round < rounds; round++) {
    for (const count of CHECKED_WORKERS) {
      for (const [c, { name, prepare }] of checked.entries()) {
        throwIfStopped(signal, "the measurement of a plan; nothing was written");
        progress?.({ stage: "measure", done: done++, total, detail: `${name}, ${count} workers` });
        const workers = await startLocalWorkers({ count, threads: 1, signal });
        try {
          const run = await prepare(workers);
          const spent = (): number =>
            [...workers.pids(), process.pid].reduce(
              (sum: number, pid) => sum + (pid ? processorSeconds(pid) : 0),
              0,
            );
          const [start, since] = [spent(), performance.now()];
          await run();
          const seconds = (performance.now() - since) / 1000;
          runs[c].push({ workers: count, seconds, coreSeconds: spent() - start });
        } finally {
          await workers.close();
        }
      }
    }
  }
  return checked.map(({ name, job }, c) => ({ name, job, runs: runs[c] }));
}
