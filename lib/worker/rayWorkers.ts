import { checkRay, rayPython } from "../ray/python";
import type { Answer } from "./protocol";
import { RayBridge, type RayPlace } from "./rayBridge";
import { RayGroup } from "./rayGroup";
import { RayWorker } from "./rayWorker";
import { checkCount, startPool } from "./workerPool";
import type { AllReduce, Workers } from "./workers";

/** Options of {@link startRayWorkers}. */
export interface RayWorkersOptions {
  /** `ray://HOST:PORT` (Ray's client port, from anywhere), or `HOST:PORT` of a cluster that this machine belongs to. */
  readonly address: string;
  /** Workers, at least 1; each is one actor. */
  readonly count: number;
  /** Threads of each, and processors that it asks the cluster for; default 1. */
  readonly threads?: number;
  /** A Python in which Ray is installed; default FACENET_LAB_RAY, else the one of `npm run setup:ray`. */
  readonly python?: string;
  /** Aborting it ends all workers; calls then throw `Interrupted`. */
  readonly signal?: AbortSignal;
  /** Milliseconds that the bridge has to leave the cluster when closed; default 10000. */
  readonly grace?: number;
  /** Seconds that the workers wait for each other when they add up vectors, in (0, 3600]; default 30. */
  readonly patience?: number;
}

/** Workers on a cluster, with what tests and logs want to know of them. */
export interface RayWorkers extends Workers {
  /** Where each worker runs; undefined where a lost one was not replaced yet. */
  places(): (RayPlace | undefined)[];
  /** By gloo; the actors reach each other at the addresses of their nodes. */
  readonly allReduce: (request: AllReduce) => Promise<Answer[]>;
}

/**
 * Joins a Ray cluster and starts workers on it: each an actor that owns one `facenet-lab worker`. A worker is lost when its process or its actor ends; the next
 * call goes to a fresh actor. Every machine of the cluster must have this package, built, at the same path. A worker waits for its place while other work holds
 * the cluster's processors. Throws a LabError when the cluster cannot be joined or is too small.
 */
export async function startRayWorkers(options: RayWorkersOptions): Promise<RayWorkers> {
  const {
    address,
    count,
    threads = 1,
    python = rayPython(),
    signal,
    grace = 10_000,
    patience = 30,
  } = options;
  checkCount(count);
  checkPatience(patience);
  checkRay(python);
  const bridge = new RayBridge({ address, workers: count, threads, python });
  try {
    await bridge.joined;
    const pool = await startPool({ count, start: () => new RayWorker(bridge), signal, grace });
    const group = new RayGroup(pool, patience);
    return {
      count,
      allReduce: (request) => group.allReduce(request),
      call: (...request) => pool.call(...request),
      places: () => pool.workers().map((worker) => worker?.place),
      close: async () => {
        await pool.close();
        await bridge.close(grace);
      },
    };
  } catch (error) {
    await bridge.close(grace);
    throw error;
  }
}

function checkPatience(patience: number): void {
  if (patience > 0 && patience <= 3600) return;
  throw new RangeError(
    `Cannot start workers: their patience must lie in (0, 3600] seconds, current value is ${patience}`,
  );
}
