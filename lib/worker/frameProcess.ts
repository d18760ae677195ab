import { type ChildProcess, spawn } from "node:child_process";
import { LabError, messageOf } from "../core/errors";
import { type Frame, FrameReader } from "./frame";

/** How a child is started. */
export interface ChildCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** What is done with a child's frames and with its end. */
export interface FrameListener {
  /** Throws when the frame makes no sense; the child is then ended. */
  readonly frame: (frame: Frame) => void;
  /** Called once, with how it ended and its last words: `ended with SIGKILL`. */
  readonly ended: (how: string) => void;
}

/** So many characters of a child's last words are kept for the message of its loss. */
const LAST_WORDS = 500;

/** A child process with frames on its standard input and output. */
export class FrameProcess {
  private readonly child: ChildProcess;
  private readonly reader = new FrameReader();
  private readonly listener: FrameListener;
  private lastWords = "";
  private over = false;
  private readonly ended: Promise<void>;

  constructor({ program, args, env }: ChildCommand, listener: FrameListener) {
    this.listener = listener;
    // A process group of its own: Ctrl-C on the terminal goes to the parent alone, which may still need the child to end in order.
    this.child = spawn(program, args, { env, stdio: ["pipe", "pipe", "pipe"], detached: true });
    this.ended = new Promise((resolve) => {
      this.child.once("error", (error) => resolve(this.end(`could not be started: ${error.message}`)));
      this.child.once("close", (code, signal) =>
        resolve(this.end(`ended with ${signal ?? `exit code ${code}`}`)),
      );
    });
    // Where no more files can be opened, the child has no streams, and `error` comes.
    this.child.stdout?.on("data", (chunk: Buffer) => this.read(chunk));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-LAST_WORDS);
    });
    // A dead child's pipe breaks; `exit` tells why.
    this.child.stdin?.on("error", () => {});
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  send(parts: readonly Uint8Array[]): void {
    const { stdin } = this.child;
    if (this.over || !stdin) return;
    stdin.cork();
    for (const part of parts) stdin.write(part);
    stdin.uncork();
  }

  /** Lets the child end by itself for `grace` milliseconds, then kills it. */
  async close(grace: number): Promise<void> {
    if (this.over) return;
    this.child.stdin?.end();
    const timer = setTimeout(() => this.kill(), grace);
    await this.ended;
    clearTimeout(timer);
  }

  kill(): void {
    // One that was not started has process id 0 for Node, which stands for this process's whole group.
    if (this.pid !== undefined) this.child.kill("SIGKILL");
  }

  private read(chunk: Buffer): void {
    if (this.over) return;
    try {
      this.reader.push(chunk);
      for (const found of this.reader.frames()) {
        if ("malformed" in found) throw new LabError(found.malformed);
        this.listener.frame(found.frame);
      }
    } catch (error) {
      this.end(`does not speak the protocol: ${messageOf(error)}`);
      this.kill();
    }
  }

  private end(how: string): void {
    if (this.over) return;
    this.over = true;
    const words = this.lastWords.trim();
    this.listener.ended(words ? `${how}; its last words: ${words}` : how);
  }
}
