import { availableParallelism } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../core/folders";
import { ChildWorker } from "./childWorker";
import type { ChildCommand } from "./frameProcess";
import { checkCount, startPool } from "./workerPool";
import type { Workers } from "./workers";

/** Options of {@link startLocalWorkers}. */
export interface LocalWorkersOptions {
  /** Child processes, at least 1. */
  readonly count: number;
  /** Threads of each; default the cores of this machine divided among them, at least 1. */
  readonly threads?: number;
  /** How a child is started; default this program's `worker` command. */
  readonly command?: ChildCommand;
  /** Aborting it kills all workers; calls then throw `Interrupted`. Leave it out where the workers are still needed to end in order. */
  readonly signal?: AbortSignal;
  /** Milliseconds that a child has to end by itself when closed; default 5000. */
  readonly grace?: number;
}

/** Workers as child processes of this one, with what tests and logs want to know of them. */
export interface LocalWorkers extends Workers {
  /** Process id of each worker; undefined where a lost one was not replaced yet. */
  pids(): (number | undefined)[];
}

/** What tells a worker's engine how many threads it may use. */
export function threadVariables(threads: number): Record<string, string> {
  const one = String(threads);
  return { TF_NUM_INTRAOP_THREADS: one, TF_NUM_INTEROP_THREADS: one, OMP_NUM_THREADS: one };
}

/** The command line of a worker with so many threads. */
export function workerCommand(threads: number): ChildCommand {
  return {
    program: process.execPath,
    args: [join(packageRoot(), "dist", "lib", "cli", "main.js"), "worker"],
    env: { ...process.env, ...threadVariables(threads) },
  };
}

/**
 * Starts child processes on this machine. One that dies is replaced when it is called next. When this process ends, in whatever way, its children end too: their
 * input closes. Throws a LabError when one does not start.
 */
export async function startLocalWorkers(options: LocalWorkersOptions): Promise<LocalWorkers> {
  const { count, signal, grace = 5000 } = options;
  checkCount(count);
  const threads = options.threads ?? Math.max(1, Math.floor(availableParallelism() / count));
  const command = options.command ?? workerCommand(threads);
  return startPool({ count, start: () => new ChildWorker(command), signal, grace });
}
