import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../core/errors";
import type { SetPlan } from "./plan";
import { renderFolder } from "./renderFolder";

/** A worker thread of `generateFaces`: is sent the number of a folder, draws it, answers with the pictures drawn. */
const { plan, out } = workerData as { plan: SetPlan; out: string };
parentPort?.on("message", (k: number) => {
  renderFolder(plan, out, k).then(
    (drawn) => parentPort?.postMessage({ k, drawn }),
    (error: unknown) => parentPort?.postMessage({ k, error: messageOf(error) }),
  );
});
