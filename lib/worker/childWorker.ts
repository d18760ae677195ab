import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { LabError, messageOf } from "../core/errors";
import { type NamedArrays, packArrays, unpackArrays } from "./arrays";
import { encodeFrame, type Frame, FrameReader } from "./frame";
import { type Answer, answerSchema, PROTOCOL } from "./protocol";
import { WorkerLost } from "./workers";

/** How a child is started. */
export interface ChildCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** So many characters of a child's last words are kept for the message of its loss. */
const LAST_WORDS = 500;

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** One child process that speaks the worker's protocol on its standard input and output. */
export class ChildWorker {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly reader = new FrameReader();
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 0;
  private lastWords = "";
  private lost: WorkerLost | undefined;
  private readonly ended: Promise<void>;

  constructor({ program, args, env }: ChildCommand) {
    // A process group of its own: Ctrl-C on the terminal goes to the parent alone, which may still need the worker to end in order.
    this.child = spawn(program, args, { env, stdio: ["pipe", "pipe", "pipe"], detached: true });
    this.child.stdout.on("data", (chunk: Buffer) => this.read(chunk));
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-LAST_WORDS);
    });
    // A dead child's pipe breaks; `exit` tells why.
    this.child.stdin.on("error", () => {});
    this.ended = new Promise((resolve) => {
      this.child.once("error", (error) => resolve(this.lose(`could not be started: ${error.message}`)));
      this.child.once("close", (code, signal) =>
        resolve(this.lose(`ended with ${signal ?? `exit code ${code}`}`)),
      );
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Compares versions. Throws a LabError when the child is something else. */
  async greet(): Promise<void> {
    await this.call("hello", { protocol: PROTOCOL }, {});
  }

  /** One request. Throws a WorkerLost when the child ended before its answer. */
  call(op: string, params: object, arrays: NamedArrays): Promise<Answer> {
    if (this.lost) return Promise.reject(this.lost);
    const id = this.nextId++;
    const { layout, body } = packArrays(arrays);
    const parts = encodeFrame({ id, op, params, arrays: layout }, body);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.child.stdin.cork();
      for (const part of parts) this.child.stdin.write(part);
      this.child.stdin.uncork();
    });
  }

  /** Lets the child end by itself for `grace` milliseconds, then kills it. */
  async close(grace: number): Promise<void> {
    if (this.lost) return;
    this.child.stdin.end();
    const timer = setTimeout(() => this.kill(), grace);
    await this.ended;
    clearTimeout(timer);
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }

  private read(chunk: Buffer): void {
    try {
      this.reader.push(chunk);
      for (const found of this.reader.frames()) {
        if ("malformed" in found) throw new LabError(found.malformed);
        this.settle(found.frame);
      }
    } catch (error) {
      this.lose(`does not speak the protocol: ${messageOf(error)}`);
      this.kill();
    }
  }

  private settle({ header, body }: Frame): void {
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
    const text = `${message} (worker ${this.pid})`;
    waiting.reject(
      kind === "RangeError"
        ? new RangeError(text)
        : kind === "LabError"
          ? new LabError(text)
          : new Error(text),
    );
  }

  private lose(how: string): void {
    if (this.lost) return;
    const words = this.lastWords.trim();
    this.lost = new WorkerLost(
      `Lost worker ${this.pid ?? "(not started)"}: it ${how}${words ? `; its last words: ${words}` : ""}`,
    );
    for (const { reject } of this.waiting.values()) reject(this.lost);
    this.waiting.clear();
  }
}
