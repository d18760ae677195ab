import type { NamedArrays } from "./arrays";
import { Calls } from "./calls";
import { type ChildCommand, FrameProcess } from "./frameProcess";
import { type Answer, PROTOCOL } from "./protocol";
import type { PooledWorker } from "./workerPool";

/** One child process that speaks the worker's protocol on its standard input and output. */
export class ChildWorker implements PooledWorker {
  private readonly process: FrameProcess;
  private readonly calls: Calls;

  constructor(command: ChildCommand) {
    this.calls = new Calls(
      () => `worker ${this.pid ?? "(not started)"}`,
      (parts) => this.process.send(parts),
    );
    this.process = new FrameProcess(command, {
      frame: (frame) => this.calls.settle(frame),
      ended: (how) => this.calls.lose(how),
    });
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  async greet(): Promise<void> {
    await this.call("hello", { protocol: PROTOCOL }, {});
  }

  call(op: string, params: object, arrays: NamedArrays): Promise<Answer> {
    return this.calls.call(op, params, arrays);
  }

  close(grace: number): Promise<void> {
    return this.process.close(grace);
  }

  kill(): void {
    this.process.kill();
  }
}
