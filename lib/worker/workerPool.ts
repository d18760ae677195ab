import { Interrupted, LabError } from "../core/errors";
import type { NamedArrays } from "./arrays";
import type { Answer } from "./protocol";
import { WorkerLost, type Workers } from "./workers";

/** One life of a worker: once lost, it stays lost. */
export interface PooledWorker {
  /** Process id, for tests and logs. */
  readonly pid: number | undefined;
  /** Compares versions. Throws a LabError when it is something else. */
  greet(): Promise<void>;
  /** One request. Throws a WorkerLost when the worker ended before its answer. */
  call(op: string, params: object, arrays: NamedArrays): Promise<Answer>;
  /** Lets it end by itself for `grace` milliseconds, then kills it. */
  close(grace: number): Promise<void>;
  kill(): void;
}

/** Options of {@link startPool}. */
export interface PoolOptions<W extends PooledWorker> {
  /** Workers, an integer in [1, 1024]. */
  readonly count: number;
  /** Begins the life of a worker: at first, and for each one that was lost, when it is called next. */
  readonly start: () => W;
  /** Aborting it kills all workers; calls then throw `Interrupted`. */
  readonly signal?: AbortSignal;
  /** Milliseconds that a worker has to end by itself when closed. */
  readonly grace: number;
}

/** A running worker, and the same once it was greeted. */
interface Slot<W> {
  readonly worker: W;
  readonly greeted: Promise<W>;
}

/** Throws a RangeError unless so many workers can be started. */
export function checkCount(count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= 1024) return;
  throw new RangeError(
    `Cannot start workers: their number must be an integer in [1, 1024], current value is ${count}`,
  );
}

/** Starts and greets so many workers. Throws a LabError when one does not start. */
export async function startPool<W extends PooledWorker>(options: PoolOptions<W>): Promise<WorkerPool<W>> {
  checkCount(options.count);
  const pool = new WorkerPool(options);
  try {
    await Promise.all(Array.from({ length: options.count }, (_, i) => pool.ready(i)));
    return pool;
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/** Greeted workers, of which a lost one is replaced when it is called next. */
export class WorkerPool<W extends PooledWorker> implements Workers {
  readonly count: number;
  private readonly options: PoolOptions<W>;
  private readonly slots: (Slot<W> | undefined)[];
  private stopped: LabError | undefined;
  private readonly killAll = (): void => {
    for (const slot of this.slots) slot?.worker.kill();
  };
  private readonly onAbort = (): void => {
    this.stopped ??= new Interrupted("Stopped: the workers were ended");
    this.killAll();
  };

  constructor(options: PoolOptions<W>) {
    this.count = options.count;
    this.options = options;
    this.slots = new Array<undefined>(options.count).fill(undefined);
    process.once("exit", this.killAll);
    if (options.signal?.aborted) this.onAbort();
    else options.signal?.addEventListener("abort", this.onAbort);
  }

  /** The greeted worker of a slot; a new one where there is none. */
  ready(index: number): Promise<W> {
    if (this.stopped) return Promise.reject(this.stopped);
    const known = this.slots[index];
    if (known) return known.greeted;
    const worker = this.options.start();
    const greeted = worker.greet().then(
      () => worker,
      (error: unknown) => {
        worker.kill();
        this.forget(index, worker);
        throw this.stopped ?? error;
      },
    );
    this.slots[index] = { worker, greeted };
    return greeted;
  }

  call(index: number, op: string, params: object = {}, arrays: NamedArrays = {}): Promise<Answer> {
    return this.use(index, (worker) => worker.call(op, params, arrays));
  }

  /** Runs `body` with the greeted worker of a slot, which makes room for a fresh one when `body` throws a WorkerLost. */
  async use<T>(index: number, body: (worker: W) => Promise<T>): Promise<T> {
    if (!(index >= 0 && index < this.count)) {
      throw new RangeError(
        `Cannot call a worker: its number must lie in [0, ${this.count - 1}], current value is ${index}`,
      );
    }
    const worker = await this.ready(index);
    try {
      return await body(worker);
    } catch (error) {
      if (error instanceof WorkerLost) this.forget(index, worker);
      throw (error instanceof WorkerLost && this.stopped) || error;
    }
  }

  /** The worker of each slot; undefined where a lost one was not replaced yet. */
  workers(): (W | undefined)[] {
    return this.slots.map((slot) => slot?.worker);
  }

  /** Process id of each worker; undefined where a lost one was not replaced yet. */
  pids(): (number | undefined)[] {
    return this.workers().map((worker) => worker?.pid);
  }

  async close(): Promise<void> {
    this.stopped ??= new LabError("Cannot call a worker: the workers were closed");
    this.options.signal?.removeEventListener("abort", this.onAbort);
    await Promise.all(this.workers().map((worker) => worker?.close(this.options.grace)));
    process.off("exit", this.killAll);
  }

  /** Makes room for a fresh worker. */
  private forget(index: number, worker: W): void {
    if (this.slots[index]?.worker === worker) this.slots[index] = undefined;
  }
}
