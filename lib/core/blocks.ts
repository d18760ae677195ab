import { throwIfStopped } from "./errors";
import type { LongWork } from "./progress";

/** Options of {@link eachBlock}. */
export interface BlockOptions extends LongWork {
  /** Of the progress events, whose `done` counts the items before the end of the block. */
  readonly stage: string;
  /** What was stopped, for the message of `Interrupted`. */
  readonly stopped: string;
}

/**
 * Calls `work` for [0, total) in blocks of at most `size`, each from `start` to before `end`. Between two of them progress is told and a stop signal comes through.
 * Throws Interrupted when stopped.
 */
export async function eachBlock(
  total: number,
  size: number,
  { stage, stopped, progress, signal }: BlockOptions,
  work: (start: number, end: number) => void,
): Promise<void> {
  for (let start = 0; start < total; start += size) {
    throwIfStopped(signal, stopped);
    const end = Math.min(total, start + size);
    work(start, end);
    progress?.({ stage, done: end, total });
    await new Promise((resolve) => setImmediate(resolve));
  }
}
