import { LabError } from "../core/errors";
import type { NamedArrays } from "./arrays";
import { Calls } from "./calls";
import { bytesOf, encodeFrame, encodeHead, FrameReader } from "./frame";
import { type Answer, PROTOCOL } from "./protocol";
import type { RayBridge, RayPlace } from "./rayBridge";
import type { PooledWorker } from "./workerPool";
import type { AllReduce } from "./workers";

/** A worker's place among those whose vectors are added up. */
export interface GroupPlace {
  /** No two groups have the same name. */
  readonly group: string;
  readonly rank: number;
  readonly size: number;
  /** Seconds that it waits for the others. */
  readonly patience: number;
}

/** Workers that could not reach each other, of which none need be lost. */
export class Apart extends LabError {}

/** One actor and its worker. */
export class RayWorker implements PooledWorker {
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
      apart: (why, kind) => this.calls.refuse(apartError(why, kind)),
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

  /** This worker's part of an all-reduce: its actor passes the vector on from the answer to `take` to `give`. Throws {@link Apart}, or as `call` does. */
  addUp({ take, give, array, length }: AllReduce, place: GroupPlace): Promise<Answer> {
    return this.calls.request((id) => {
      const first = encodeFrame({ id, op: take });
      const arrays = [{ name: array, dtype: "float32", shape: [length] }];
      const second = encodeHead({ id, op: give, arrays }, Math.ceil(length / 2) * 8);
      this.bridge.send(this.number, { sum: { ...place, take: bytesOf(first) } }, [...first, ...second]);
    });
  }

  async close(): Promise<void> {
    this.kill();
  }

  kill(how = "was ended"): void {
    this.lose(how);
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

function apartError(why: string, kind: string): LabError {
  if (kind !== "ModuleNotFoundError") return new Apart(why);
  return new LabError(
    `Cannot add up by gloo: "npm run setup:ray" must have installed it on every machine of the cluster, Python says: ${why}`,
  );
}
