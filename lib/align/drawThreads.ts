import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { messageOf } from "../core/errors";
import type { Raster } from "../image/raster";
import type { Affine, Part } from "../image/warp";

/** A part of an image, and where the image goes in a crop. */
export interface Drawing {
  /** Its memory belongs to the thread afterwards. */
  readonly image: Raster;
  readonly map: Affine;
  readonly part: Part;
}

/** To a thread. */
export interface DrawMessage {
  readonly id: number;
  readonly drawings: readonly Drawing[];
  readonly side: number;
}

/** From a thread. */
export interface DrawAnswer {
  readonly id: number;
  readonly crops: readonly Raster[];
}

/** Threads that draw crops while this one decodes and embeds. */
export interface Drawers {
  /** The crops in the order of the drawings, as `warpAffine` draws them. Refused with an Error when a thread is lost. */
  draw(drawings: readonly Drawing[]): Promise<readonly Raster[]>;
  dispose(): void;
}

/** One for each core, but at most so many. They share the cores with the decoder, which takes half their time. */
const MOST_THREADS = 8;

/** Starts threads that draw crops of side × side pixels. Dispose them: they keep a process alive. */
export function openDrawers(side: number): Drawers {
  interface Waiting {
    readonly resolve: (crops: readonly Raster[]) => void;
    readonly reject: (error: Error) => void;
  }
  const waiting = new Map<number, Waiting>();
  const count = Math.min(MOST_THREADS, availableParallelism());
  const threads = Array.from({ length: count }, () => new Worker(join(__dirname, "drawThread.js")));
  let lost: Error | undefined;
  let next = 0;
  const refuseAll = (reason: string): void => {
    lost ??= new Error(`Cannot draw crops: ${reason}`);
    for (const { reject } of waiting.values()) reject(lost);
    waiting.clear();
  };
  for (const thread of threads) {
    thread.on("message", ({ id, crops }: DrawAnswer) => {
      waiting.get(id)?.resolve(crops);
      waiting.delete(id);
    });
    thread.on("error", (error) => refuseAll(`a thread ended with "${messageOf(error)}"`));
    thread.on("exit", () => refuseAll("a thread ended"));
  }
  return {
    draw: (drawings) =>
      new Promise((resolve, reject) => {
        if (lost) return reject(lost);
        const id = next++;
        waiting.set(id, { resolve, reject });
        const message: DrawMessage = { id, drawings, side };
        threads[id % threads.length].postMessage(
          message,
          drawings.map(({ image }) => image.data.buffer as ArrayBuffer),
        );
      }),
    dispose: () => {
      refuseAll("they were disposed");
      for (const thread of threads) void thread.terminate();
    },
  };
}
