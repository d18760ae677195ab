import { UsageError } from "../core/errors";
import { readClusterState } from "../ray/clusterState";
import type { ProductsName } from "../worker/evaluateOps";
import { startLocalWorkers } from "../worker/localWorkers";
import { startRayWorkers } from "../worker/rayWorkers";
import type { WorkerLost, Workers } from "../worker/workers";
import type { CommandContext } from "./command";
import type { OptionTable } from "./options";

/** Where work that several processes share is done. */
export const workerOptions: OptionTable = {
  workers: {
    kind: "integer",
    help: "processes that share the work; the cores of this machine are divided among them",
    least: 1,
    most: 1024,
    default: 2,
  },
  threads: {
    kind: "integer",
    help: "threads of each process; left out: the cores of this machine divided among them. Sums on the engine can differ in the last digits with it",
    least: 1,
    most: 1024,
  },
  on: {
    kind: "text",
    value: "ADDRESS",
    help: "run the processes on a Ray cluster, as actors of one thread unless --threads says more: ray://HOST:PORT, HOST:PORT where this machine belongs to it, or auto: the one that RAY_ADDRESS names (as in a submitted job), else that of ray up",
  },
};

/** How inner products are computed, for exact work over all rows. */
export const productsOption: OptionTable = {
  products: {
    kind: "text",
    value: "HOW",
    help: "inner products on the engine, or in plain numbers, which are the same on every machine; left out: engine",
    choices: ["engine", "plain"],
  },
};

export function productsOf(context: CommandContext): ProductsName {
  return (context.text("products") ?? "engine") as ProductsName;
}

/**
 * Runs `body` with the workers that were asked for, and ends them afterwards. Aborting `signal` ends them at once: for work in parts, where what is under way may
 * be lost. Without it they stay until `body` ends, as training needs it to save a checkpoint.
 */
export async function withWorkersOf<T>(
  context: CommandContext,
  body: (workers: Workers) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const address = addressOf(context.text("on"));
  const given = {
    count: context.number("workers") as number,
    threads: context.number("threads"),
    signal,
  };
  const workers =
    address === undefined ? await startLocalWorkers(given) : await startRayWorkers({ ...given, address });
  try {
    return await body(workers);
  } finally {
    await workers.close();
  }
}

/** The cluster that `--on` names. Throws a UsageError when it names none. */
function addressOf(on: string | undefined): string | undefined {
  const address = on === "auto" ? (process.env.RAY_ADDRESS ?? readClusterState()?.address ?? "auto") : on;
  if (address === undefined || /^(ray:\/\/)?[^\s/]+:\d{1,5}$/.test(address)) return address;
  throw new UsageError(
    `Cannot use --on: ray://HOST:PORT, HOST:PORT or auto (with RAY_ADDRESS set or a cluster of "facenet-lab ray up") is wanted, current value is ${address}`,
  );
}

/** Notes every lost worker for people. */
export function noteLoss(context: CommandContext): (error: WorkerLost) => void {
  return (error) => context.note(`${error.message}; its work is given out again`);
}
