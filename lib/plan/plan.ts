import { type Estimate, estimate } from "./bounds";
import { clusterOf, type JobName, jobsOf, type WorkerKind } from "./jobs";
import { type Measured, nearestNet } from "./measured";
import { type AssumptionName, assumptions, type Question } from "./question";

/** One job of a plan. */
export interface PlanRow {
  readonly name: JobName;
  readonly title: string;
  readonly kind: WorkerKind;
  readonly coreHours: number;
  readonly gpuHours: number;
  /** Bytes of memory of a worker and of the coordinator. */
  readonly workerBytes: number;
  readonly coordinatorBytes: number;
  readonly times: readonly (Estimate & { readonly workers: number; readonly trafficBytes: number })[];
}

/** What is stored, in bytes. */
export interface PlannedStorage {
  readonly images: number;
  readonly crops: number;
  readonly embeddings: number;
  readonly checkpoints: number;
}

/** The answer to a {@link Question}. */
export interface Plan {
  readonly rows: readonly PlanRow[];
  readonly storage: PlannedStorage;
  /** Pairs of one identity when all have as many images, and the smallest FAR that can be told from the others. */
  readonly samePairs: number;
  readonly smallestFar: number;
  /** The measured net whose speed stands for the one that was asked for. */
  readonly speedOf: string;
  readonly assumed: readonly {
    readonly name: AssumptionName;
    readonly value: number;
    readonly meaning: string;
  }[];
}

/** Costs, times and bottlenecks of every job for every number of workers, on single cores and on accelerators. */
export function planOf(question: Question, measured: Measured): Plan {
  const { images, identities, net, checkpoints, imageBytes } = question;
  const kinds: readonly WorkerKind[] = ["core", "gpu"];
  const rows = kinds.flatMap((kind) =>
    jobsOf(question, measured, kind).map((planned): PlanRow => {
      const { name, title, job, coreSeconds, gpuSeconds, workerBytes, coordinatorBytes } = planned;
      const times = question.workers.map((workers) => ({
        workers,
        ...estimate(job, clusterOf(question, measured, kind, workers)),
        trafficBytes: planned.trafficBytes(workers),
      }));
      return {
        name,
        title,
        kind,
        coreHours: coreSeconds / 3600,
        gpuHours: gpuSeconds / 3600,
        workerBytes,
        coordinatorBytes,
        times,
      };
    }),
  );
  const pairs = (images * (images - 1)) / 2;
  const samePairs = (images * (images / identities - 1)) / 2;
  return {
    rows,
    storage: {
      images: images * imageBytes,
      crops: images * net.inputSize ** 2 * net.channels,
      embeddings: images * (4 * net.embedding + measured.costs.namesBytesPerEmbedding),
      checkpoints: checkpoints * 8 * net.parameters,
    },
    samePairs,
    smallestFar: 1 / (pairs - samePairs),
    speedOf: nearestNet(measured.nets, net.multiplyAdds).name,
    assumed: Object.entries(assumptions).map(([name, { meaning }]) => ({
      name: name as AssumptionName,
      value: question[name as AssumptionName],
      meaning,
    })),
  };
}
