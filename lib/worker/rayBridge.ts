import { join } from "node:path";
import { z } from "zod";
import { LabError } from "../core/errors";
import { packageRoot } from "../core/folders";
import { rayEnvironment } from "../ray/clusterState";
import { encodeFrame, type Frame } from "./frame";
import { FrameProcess } from "./frameProcess";
import { threadVariables, workerCommand } from "./localWorkers";

/** Where an actor's worker runs. */
export interface RayPlace {
  readonly host: string;
  /** Process ids on that host: of the actor, and of its worker. */
  readonly actor: number;
  readonly child: number;
}

/** What the bridge is asked for. */
export interface RayRequest {
  readonly address: string;
  readonly workers: number;
  readonly threads: number;
  /** A Python in which Ray is installed. */
  readonly python: string;
}

/** What happens to one life of a worker. */
export interface RayListener {
  readonly at: (place: RayPlace) => void;
  /** Its answer, as a frame inside of the bridge's frame. */
  readonly answer: (bytes: Uint8Array) => void;
  readonly lost: (how: string) => void;
  /** The vectors of its group could not be added up; itself it goes on. */
  readonly apart: (why: string, kind: string) => void;
}

const place = z.strictObject({ host: z.string(), actor: z.number().int(), child: z.number().int() });
const fromBridge = z.union([
  z.strictObject({ processors: z.number(), ray: z.string() }),
  z.strictObject({ failed: z.string(), kind: z.string() }),
  z.strictObject({ worker: z.number().int(), at: place }),
  z.strictObject({ worker: z.number().int(), lost: z.string() }),
  z.strictObject({ worker: z.number().int(), apart: z.string(), kind: z.string() }),
  z.strictObject({ worker: z.number().int() }),
]);

/** The one Python process between this one and a Ray cluster; what it says is described in `ray/bridge.py`. */
export class RayBridge {
  private readonly process: FrameProcess;
  private readonly listeners = new Map<number, RayListener>();
  private nextNumber = 0;
  private gone: string | undefined;
  /** Resolves when the cluster was joined. Rejects with a LabError. */
  readonly joined: Promise<void>;
  private settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(request: RayRequest) {
    const { address, workers, threads, python } = request;
    const { program, args } = workerCommand(threads);
    const settings = { address, workers, threads, argv: [program, ...args], env: threadVariables(threads) };
    const script = join(packageRoot(), "lib", "worker", "ray", "bridge.py");
    this.joined = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    // A reason that nobody waits for is told by the workers.
    this.joined.catch(() => {});
    this.process = new FrameProcess(
      { program: python, args: [script, JSON.stringify(settings)], env: rayEnvironment(address) },
      {
        frame: (frame) => this.read(frame, address),
        ended: (how) => this.end(`lost its way to the cluster: the bridge ${how}`),
      },
    );
  }

  /** Begins the life of a worker and gives its number. */
  start(listener: RayListener): number {
    const number = this.nextNumber++;
    this.listeners.set(number, listener);
    if (this.gone === undefined) this.send(number, { start: true });
    else queueMicrotask(() => listener.lost(this.gone as string));
    return number;
  }

  /** Sends fields of the bridge, or a frame for the worker. */
  send(worker: number, fields: object, body: readonly Uint8Array[] = []): void {
    this.process.send(encodeFrame({ worker, ...fields }, body));
  }

  /** Ends the life of a worker. */
  stop(worker: number): void {
    if (this.listeners.delete(worker)) this.send(worker, { end: true });
  }

  close(grace: number): Promise<void> {
    return this.process.close(grace);
  }

  private read({ header, body }: Frame, address: string): void {
    const said = fromBridge.parse(header);
    if ("processors" in said) this.settle?.resolve();
    else if ("failed" in said) this.settle?.reject(new LabError(refusal(address, said)));
    else if ("at" in said) this.listeners.get(said.worker)?.at(said.at);
    else if ("lost" in said) this.listeners.get(said.worker)?.lost(said.lost);
    else if ("apart" in said) this.listeners.get(said.worker)?.apart(said.apart, said.kind);
    else this.listeners.get(said.worker)?.answer(body);
  }

  private end(how: string): void {
    this.gone = how;
    this.settle?.reject(new LabError(`Cannot use Ray: it ${how}`));
    for (const { lost } of [...this.listeners.values()]) lost(how);
  }
}

function refusal(address: string, { failed, kind }: { failed: string; kind: string }): string {
  if (kind === "ModuleNotFoundError") {
    return `Cannot use Ray: "npm run setup:ray" must have installed it, Python says: ${failed}`;
  }
  return `Cannot use the Ray cluster: it must be reachable and large enough, current value is ${address}: ${failed}`;
}
