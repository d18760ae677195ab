import { Interrupted, LabError } from "../core/errors";
import type { NamedArrays } from "./arrays";
import type { Answer } from "./protocol";

/**
 * Several workers (see `serve`), wherever they run: child processes of this one, or actors of a cluster. Everything that works over several processes is built
 * on `call` alone.
 */
export interface Workers {
  /** Workers are numbered from 0. */
  readonly count: number;
  /**
   * Sends a request to one worker and waits for its answer. Requests to one worker are answered in order.
   * Throws a {@link WorkerLost} when the worker ended before it answered: exactly once for each loss and each request that was under way; the next call
   * goes to a fresh worker, which was greeted and holds nothing. Throws a LabError or RangeError with the worker's message when it refused, and Interrupted
   * when the workers were stopped.
   */
  call(worker: number, op: string, params?: object, arrays?: NamedArrays): Promise<Answer>;
  /**
   * Adds up a vector of every worker, which travels among them and not through this process; there only where workers can reach each other. The sum is the same to
   * the bit for all of them, and for the same vectors of the same number of workers. Gives the answers to `give`. Throws as `call` does, and a WorkerLost too when
   * the workers lost each other: in every case what they held for the sum must be made again.
   */
  readonly allReduce?: (request: AllReduce) => Promise<Answer[]>;
  /** Ends all workers. Calls under way throw. */
  close(): Promise<void>;
}

/** What is added up over all workers: one float32 vector of each. */
export interface AllReduce {
  /** The op that answers with the vector and nothing else, and the one that is sent the sum. */
  readonly take: string;
  readonly give: string;
  /** Name of the vector in both, and its length. */
  readonly array: string;
  readonly length: number;
}

/** A worker ended before it answered; what it held is gone. */
export class WorkerLost extends LabError {
  override readonly name: string = "WorkerLost";
}

/** A request to the worker that a task was given to. */
export type Call = (op: string, params?: object, arrays?: NamedArrays) => Promise<Answer>;

/** Options of {@link mapTasks}. */
export interface MapOptions {
  /** Brings a fresh worker to the state that the tasks need; called again for the one that replaces a lost worker. */
  readonly setUp?: (call: Call) => Promise<void>;
  /** How often a task may be given out again after its worker was lost; an integer ≥ 0, default 3. */
  readonly retries?: number;
  /** Aborting it ends the work with `Interrupted`. */
  readonly signal?: AbortSignal;
  /** Called after every task. */
  readonly onDone?: (done: number, total: number) => void;
  /** Called when a worker was lost. */
  readonly onLost?: (error: WorkerLost) => void;
}

/**
 * Runs tasks over all workers, each worker one at a time, and gives the results in the order of the tasks. A task whose worker is lost starts again on a fresh
 * one, so it must be idempotent. Throws the first error of a task; a WorkerLost when a task lost more workers than `retries`.
 */
export async function mapTasks<T, R>(
  workers: Workers,
  tasks: readonly T[],
  run: (task: T, call: Call) => Promise<R>,
  options: MapOptions = {},
): Promise<R[]> {
  const { setUp, retries = 3, signal, onDone, onLost } = options;
  const results: R[] = new Array<R>(tasks.length);
  let [next, done] = [0, 0];
  let failed = false;
  const lane = async (worker: number): Promise<void> => {
    const call: Call = (op, params, arrays) => workers.call(worker, op, params, arrays);
    let ready = false;
    while (next < tasks.length && !failed) {
      const index = next++;
      for (let lost = 0; ; ) {
        if (signal?.aborted) throw new Interrupted("Stopped: work over several workers");
        try {
          if (!ready) await setUp?.(call);
          ready = true;
          results[index] = await run(tasks[index], call);
          break;
        } catch (error) {
          if (!(error instanceof WorkerLost) || lost++ >= retries || failed) throw error;
          ready = false;
          onLost?.(error);
        }
      }
      onDone?.(++done, tasks.length);
    }
  };
  const lanes = Array.from({ length: Math.min(workers.count, tasks.length) }, (_, worker) =>
    lane(worker).catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  // All lanes come to rest first: no request of this map is under way when it throws.
  const ended = await Promise.allSettled(lanes);
  for (const lane of ended) if (lane.status === "rejected") throw lane.reason;
  return results;
}
