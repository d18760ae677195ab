import { closeSync, openSync } from "node:fs";
import { messageOf } from "../../lib/core/errors";
import { startLocalWorkers } from "../../lib/worker/localWorkers";

/** Run by itself, with few files allowed: starts workers when all but as many as its argument says are open, and prints what came of it, also when
 * they are stopped at once. */
async function startWithFew(spare: number): Promise<void> {
  const open: number[] = [];
  try {
    for (;;) open.push(openSync("/dev/null", "r"));
  } catch {
    // That was the last one.
  }
  for (const file of open.splice(0, spare)) closeSync(file);
  const command = { program: process.execPath, args: ["-e", ""], env: process.env };
  const print = (error: unknown): void => {
    process.stdout.write(`${(error as Error).name}: ${messageOf(error)}\n`);
  };
  await startLocalWorkers({ count: 2, command }).catch(print);
  const stop = new AbortController();
  const stopped = startLocalWorkers({ count: 2, command, signal: stop.signal });
  // Before the children know that they were not started.
  stop.abort();
  await stopped.catch(print);
}

if (require.main === module) void startWithFew(Number(process.argv[2]));
