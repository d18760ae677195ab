import { type LocalWorkers, startLocalWorkers } from "../../lib/worker/localWorkers";

/** Runs a test's body with child processes, which are ended afterwards. */
export async function withWorkers(
  count: number,
  body: (workers: LocalWorkers) => Promise<void>,
): Promise<void> {
  const workers = await startLocalWorkers({ count });
  try {
    await body(workers);
  } finally {
    await workers.close();
  }
}
