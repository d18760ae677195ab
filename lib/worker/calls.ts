import { LabError } from "../core/errors";
import { type NamedArrays, packArrays, unpackArrays } from "./arrays";
import { encodeFrame, type Frame } from "./frame";
import { type Answer, answerSchema } from "./protocol";
import { WorkerLost } from "./workers";

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** The requests to one worker that wait for their answers, however its frames travel. */
export class Calls {
  private readonly name: () => string;
  private readonly send: (parts: readonly Uint8Array[]) => void;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 0;
  private lost: WorkerLost | undefined;

  /** `name` is the worker's in messages. */
  constructor(name: () => string, send: (parts: readonly Uint8Array[]) => void) {
    this.name = name;
    this.send = send;
  }

  /** Sends one request. Throws a WorkerLost when the worker ended before its answer. */
  call(op: string, params: object, arrays: NamedArrays): Promise<Answer> {
    const { layout, body } = packArrays(arrays);
    return this.request((id) => this.send(encodeFrame({ id, op, params, arrays: layout }, body)));
  }

  /** Waits for the answer to a request that `send` sends with this id. Throws as `call` does. */
  request(send: (id: number) => void): Promise<Answer> {
    if (this.lost) return Promise.reject(this.lost);
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      send(id);
    });
  }

  /** Takes an answer. Throws when it is none, or to no request. */
  settle({ header, body }: Frame): void {
    const answer = answerSchema.parse(header);
    if (answer.id === null)
      throw new LabError(answer.ok ? "an answer without a request" : answer.error.message);
    const waiting = this.waiting.get(answer.id);
    if (!waiting) throw new LabError(`an answer to a request that was not made (${answer.id})`);
    this.waiting.delete(answer.id);
    if (answer.ok) {
      waiting.resolve({ result: answer.result, arrays: unpackArrays(answer.arrays, body) });
      return;
    }
    const { kind, message } = answer.error;
    const text = `${message} (${this.name()})`;
    waiting.reject(
      kind === "RangeError"
        ? new RangeError(text)
        : kind === "LabError"
          ? new LabError(text)
          : new Error(text),
    );
  }

  /** The request that waits longest will not be answered, for a reason that leaves the worker as it is. */
  refuse(error: LabError): void {
    const [oldest] = this.waiting;
    if (!oldest) return;
    this.waiting.delete(oldest[0]);
    oldest[1].reject(error);
  }

  /** The worker is gone: what waits and what comes later throws. Only the first reason counts. */
  lose(how: string): void {
    if (this.lost) return;
    this.lost = new WorkerLost(`Lost ${this.name()}: it ${how}`);
    for (const { reject } of this.waiting.values()) reject(this.lost);
    this.waiting.clear();
  }
}
