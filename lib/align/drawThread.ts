/** The thread behind {@link openDrawers}: draws what each message asks for. */
import { parentPort } from "node:worker_threads";
import { warpAffine } from "../image/warp";
import type { DrawAnswer, DrawMessage } from "./drawThreads";

parentPort?.on("message", ({ id, drawings, side }: DrawMessage) => {
  const crops = drawings.map(({ image, map, part }) => warpAffine(image, map, side, side, { part }));
  const answer: DrawAnswer = { id, crops };
  parentPort?.postMessage(
    answer,
    crops.map(({ data }) => data.buffer as ArrayBuffer),
  );
});
