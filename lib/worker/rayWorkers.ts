import { checkRay, rayPython } from "../ray/python";
import type { NamedArrays } from "./arrays";
import { Calls } from "./calls";
import { FrameReader } from "./frame";
import { type Answer, PROTOCOL } from "./protocol";
import { RayBridge, type RayPlace } from "./rayBridge";
import { checkCount, type PooledWorker, startPool } from "./workerPool";
import type { Workers } from "./workers";

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
}

/** Workers on a cluster, with what tests and logs want to know of them. */
export interface RayWorkers extends Workers {
  /** Where each worker runs; undefined where a lost one was not replaced yet. */
  places(): (RayPlace | undefined)[];
}

/**
 * Joins a Ray cluster and starts workers on it: each an actor that owns one `facenet-lab worker`. A worker is lost when its process or its actor ends; the next
 * call goes to a fresh actor. Every machine of the cluster must have this package, built, at the same path. A worker waits for its place while other work holds
 * the cluster's processors. Throws a LabError when the cluster cannot be joined or is too small.
 */
export async function startRayWorkers(options: RayWorkersOptions): Promise<RayWorkers> {
  const { address, count, threads = 1, python = rayPython(), signal, grace = 10_000 } = options;
  checkCount(count);
  checkRay(python);
  const bridge = new RayBridge({ address, workers: count, threads, python });
  try {
    await bridge.joined;
    const pool = await startPool({ count, start: () => new RayWorker(bridge), signal, grace });
    return {
      count,
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

/** One actor and its worker. */
class RayWorker implements PooledWorker {
  place: RayPlace | undefined;
  private readonly calls: Calls;
  private readonly number: number;
  private readonly bridge: RayBridge;
  private readonly reader = new FrameReader();

  constructor(bridge: RayBridge) {
    this.bridge = bridge;
    this.calls = new Calls(
      () => (this.place ? `worker ${this.place.child} on ${this.place.host}` : "worker (not started)"),
      (parts) => bridge.send(this.number, {}, parts),
    );
    this.number = bridge.start({
      at: (place) => {
        this.place = place;
      },
      answer: (bytes) => this.read(bytes),
      lost: (how) => this.lose(how),
    });
  }

  get pid(): number | undefined {
    return this.place?.child;
  }

  async greet(): Promise<void> {
    await this.call("hello", { protocol: PROTOCOL }, {});
  }

  call(op: string, params: object, arrays: NamedArrays): Promise<Answer> {
    return this.calls.call(op, params, arrays);
  }

  async close(): Promise<void> {
    this.kill();
  }

  kill(): void {
    this.lose("was ended");
  }

  private read(bytes: Uint8Array): void {
    this.reader.push(bytes);
    for (const found of this.reader.frames()) {
      if ("frame" in found) this.calls.settle(found.frame);
      else this.lose(`does not speak the protocol: ${found.malformed}`);
    }
  }

  private lose(how: string): void {
    this.calls.lose(how);
    this.bridge.stop(this.number);
  }
}
