import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { CropSet } from "../data/dataset";
import type { AugmentationName } from "./augment";
import { type SharedBatch, shareBatch } from "./sharedBatch";

/** A batch that is not there after so many milliseconds is given up; the caller makes it. */
const PATIENCE = 10_000;

/** Options of {@link BatchMaker}. */
export interface BatchMakerOptions {
  /** Images in every batch. */
  readonly count: number;
  readonly inputSize: number;
  readonly augmentation: AugmentationName;
}

/** Makes one batch at a time in a thread of its own, with the numbers of `batchOfCrops`, while the engine computes. The thread does not keep a process alive. */
export class BatchMaker {
  private readonly crops: CropSet;
  private readonly batch: SharedBatch;
  private readonly thread: Worker;
  /** The half of `batch.images` that is being made. */
  private half: 0 | 1 = 0;
  /** Whether the thread has ended. */
  lost = false;

  constructor(crops: CropSet, { count, inputSize, augmentation }: BatchMakerOptions) {
    this.crops = crops;
    this.batch = shareBatch(crops, count, inputSize, augmentation);
    this.thread = new Worker(join(__dirname, "batchThread.js"), { workerData: this.batch });
    this.thread.on("error", () => {
      this.lost = true;
    });
    this.thread.unref();
  }

  /** Begins with a batch of these rows, whose views are drawn from the random stream in this state. */
  begin(rows: ArrayLike<number>, random: readonly number[]): void {
    const { batch, crops } = this;
    const values = crops.size * crops.size * crops.channels;
    for (let i = 0; i < rows.length; i++) {
      batch.crops.set(crops.data.subarray(rows[i] * values, (rows[i] + 1) * values), i * values);
    }
    batch.random.set(random);
    Atomics.store(batch.done, 0, 0);
    this.half = this.half === 0 ? 1 : 0;
    this.thread.postMessage(this.half);
  }

  /**
   * Waits for the batch and returns it, with the state of the random stream after it; `undefined` when the thread is lost, after which nothing more can be begun.
   * Its images are overwritten by the batch after the next one.
   */
  finish(): { readonly images: Float32Array; readonly random: number[] } | undefined {
    const { done } = this.batch;
    if (!this.lost) Atomics.wait(done, 0, 0, PATIENCE);
    if (Atomics.load(done, 0) !== 1) {
      this.dispose();
      return undefined;
    }
    return { images: this.batch.images[this.half], random: [...this.batch.random] };
  }

  /** Ends the thread. */
  dispose(): void {
    this.lost = true;
    void this.thread.terminate();
  }
}
