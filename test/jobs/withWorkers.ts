import { after } from "node:test";
import { type LocalWorkers, startLocalWorkers } from "../../lib/worker/localWorkers";

// Sums on the engine depend on its threads. One everywhere, also in the test's own process (the engine loads later), makes equality to the bit a fair demand.
process.env.TF_NUM_INTRAOP_THREADS = "1";

/** Runs a test's body with child processes of one thread each, which are ended afterwards. */
export async function withWorkers(
  count: number,
  body: (workers: LocalWorkers) => Promise<void>,
): Promise<void> {
  const workers = await startLocalWorkers({ count, threads: 1 });
  try {
    await body(workers);
  } finally {
    await workers.close();
  }
}

/** Child processes of one thread each for all tests of a file: started when they are first asked for, ended after the last test. */
export function sharedWorkers(count: number): () => Promise<LocalWorkers> {
  let workers: Promise<LocalWorkers> | undefined;
  after(async () => {
    await (await workers)?.close();
  });
  return () => {
    workers ??= startLocalWorkers({ count, threads: 1 });
    return workers;
  };
}

/** The first of these workers alone. */
export function oneOf(workers: LocalWorkers): LocalWorkers {
  return {
    count: 1,
    call: (...request) => workers.call(...request),
    pids: () => workers.pids().slice(0, 1),
    close: () => workers.close(),
  };
}
