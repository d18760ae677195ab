import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Interrupted, LabError } from "../core/errors";
import { packageRoot } from "../core/folders";
import type { NamedArrays } from "./arrays";
import { type ChildCommand, ChildWorker } from "./childWorker";
import type { Answer } from "./protocol";
import { WorkerLost, type Workers } from "./workers";

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

/** The command line of a worker with so many threads. */
export function workerCommand(threads: number): ChildCommand {
  const one = String(threads);
  return {
    program: process.execPath,
    args: [join(packageRoot(), "dist", "lib", "cli", "main.js"), "worker"],
    env: { ...process.env, TF_NUM_INTRAOP_THREADS: one, TF_NUM_INTEROP_THREADS: one, OMP_NUM_THREADS: one },
  };
}

/**
 * Starts child processes on this machine. One that dies is replaced when it is called next. When this process ends, in whatever way, its children end too: their
 * input closes. Throws a LabError when one does not start.
 */
export async function startLocalWorkers(options: LocalWorkersOptions): Promise<LocalWorkers> {
  const { count, signal, grace = 5000 } = options;
  if (!Number.isInteger(count) || count < 1 || count > 1024) {
    throw new RangeError(
      `Cannot start workers: their number must be an integer in [1, 1024], current value is ${count}`,
    );
  }
  const threads = options.threads ?? Math.max(1, Math.floor(availableParallelism() / count));
  const pool = new Pool(count, options.command ?? workerCommand(threads), grace, signal);
  try {
    await Promise.all(Array.from({ length: count }, (_, i) => pool.ready(i)));
    return pool;
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/** A running child, and the same once it was greeted. */
interface Slot {
  readonly child: ChildWorker;
  readonly greeted: Promise<ChildWorker>;
}

class Pool implements LocalWorkers {
  readonly count: number;
  private readonly command: ChildCommand;
  private readonly grace: number;
  private readonly signal: AbortSignal | undefined;
  private readonly slots: (Slot | undefined)[];
  private stopped: LabError | undefined;
  private readonly killAll = (): void => {
    for (const slot of this.slots) slot?.child.kill();
  };
  private readonly onAbort = (): void => {
    this.stopped ??= new Interrupted("Stopped: the workers were ended");
    this.killAll();
  };

  constructor(count: number, command: ChildCommand, grace: number, signal: AbortSignal | undefined) {
    this.count = count;
    this.command = command;
    this.grace = grace;
    this.signal = signal;
    this.slots = new Array<undefined>(count).fill(undefined);
    process.once("exit", this.killAll);
    if (signal?.aborted) this.onAbort();
    else signal?.addEventListener("abort", this.onAbort);
  }

  /** The greeted child of a slot; a new one where there is none. */
  ready(worker: number): Promise<ChildWorker> {
    if (this.stopped) return Promise.reject(this.stopped);
    const known = this.slots[worker];
    if (known) return known.greeted;
    const child = new ChildWorker(this.command);
    const greeted = child.greet().then(
      () => child,
      (error: unknown) => {
        child.kill();
        this.forget(worker, child);
        throw this.stopped ?? error;
      },
    );
    this.slots[worker] = { child, greeted };
    return greeted;
  }

  async call(worker: number, op: string, params: object = {}, arrays: NamedArrays = {}): Promise<Answer> {
    if (!(worker >= 0 && worker < this.count)) {
      throw new RangeError(
        `Cannot call a worker: its number must lie in [0, ${this.count - 1}], current value is ${worker}`,
      );
    }
    const child = await this.ready(worker);
    try {
      return await child.call(op, params, arrays);
    } catch (error) {
      if (error instanceof WorkerLost) this.forget(worker, child);
      throw (error instanceof WorkerLost && this.stopped) || error;
    }
  }

  pids(): (number | undefined)[] {
    return this.slots.map((slot) => slot?.child.pid);
  }

  async close(): Promise<void> {
    this.stopped ??= new LabError("Cannot call a worker: the workers were closed");
    this.signal?.removeEventListener("abort", this.onAbort);
    await Promise.all(this.slots.map((slot) => slot?.child.close(this.grace)));
    process.off("exit", this.killAll);
  }

  /** Makes room for a fresh child. */
  private forget(worker: number, child: ChildWorker): void {
    if (this.slots[worker]?.child === child) this.slots[worker] = undefined;
  }
}
