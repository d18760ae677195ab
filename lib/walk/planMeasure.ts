import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { LabError } from "../core/errors";
import type { LongWork } from "../core/progress";
import type { DataSet } from "../data/dataset";
import { openDataSet } from "../data/open";
import { startParallelTrainer } from "../jobs/parallelTrainer";
import { countNet } from "../nets/count";
import { namedNet } from "../nets/named";
import type { NetSpec } from "../nets/spec";
import type { Costs, Measured, MeasuredNet } from "../plan/measured";
import { generateFaces } from "../synthetic/generate";
import { startLocalWorkers } from "../worker/localWorkers";
import { type CheckSizes, noiseCrops } from "./planCheckJobs";
import { runChecks } from "./planChecks";
import {
  alignCosts,
  batchCosts,
  type CostSurroundings,
  netCosts,
  timedSettings,
  writeCosts,
} from "./planCosts";
import { pairCosts, searchCosts } from "./planPairCosts";
import { ownCost } from "./processorTime";
import { versionsInUse } from "./versions";

/** Options of {@link measurePlan}. */
export interface MeasurePlanOptions extends LongWork {
  /** Pictures to measure on, as `openDataSet` takes them; default 128 faces that are drawn for it, of 250 pixels. */
  readonly data?: string;
  /** Nets beside `laptop` whose speed is measured; default NN2 at its own size. */
  readonly nets?: readonly NetSpec[];
  /** Rounds of the runs with 1, 2 and 4 workers, at least 1; default 3. */
  readonly rounds?: number;
  /** Pictures that are used at most, at least 8; default 128. */
  readonly images?: number;
  /** Sizes of the runs. */
  readonly sizes?: CheckSizes;
  /** Rows of the blocks in which pairs are timed, an even integer; default 8192. */
  readonly rows?: number;
  /** Processor seconds over which each stage is repeated, above 0; default 1. */
  readonly least?: number;
  /** Today, as YYYY-MM-DD. */
  readonly date: string;
}

const usualSizes: CheckSizes = { shardImages: 32, rows: 12_288, steps: 24 };
/** Embedding all pictures several times takes long enough to be timed. */
const TIMES = 12;

/**
 * Measures every stage on this machine, one core at a time, then runs whole jobs with 1, 2 and 4 workers, for a plan and for its check. Linux only: processor time of
 * a worker is read from /proc. Throws a LabError elsewhere, and for data without enough pictures or known landmarks.
 */
export async function measurePlan(options: MeasurePlanOptions): Promise<Measured> {
  const {
    data,
    images = 128,
    rounds = 3,
    sizes = usualSizes,
    rows = 8192,
    least = 1,
    date,
    progress,
    signal,
  } = options;
  if (!existsSync("/proc/self/stat")) {
    throw new LabError(
      `Cannot measure a plan: /proc must tell processor times (Linux), current platform is ${process.platform}`,
    );
  }
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new RangeError(
      `Cannot measure a plan: rounds must be an integer of at least 1, current value is ${rounds}`,
    );
  }
  const folder = mkdtempSync(join(tmpdir(), "facenet-lab-plan-"));
  const say = (detail: string): void => progress?.({ stage: "measure", done: 0, total: 0, detail });
  try {
    const loadBefore = loadavg()[1];
    say("pictures");
    const all =
      data === undefined
        ? await drawn(folder, images, { progress, signal })
        : (await openDataSet(data, { signal })).dataSet;
    const dataSet = spread(all, images);
    const laptop = namedNet("laptop");
    const nets = [laptop, ...(options.nets ?? [namedNet("NN2")])];
    const found = await costsOf(dataSet, folder, { nets, rows, least, say, signal });
    const often = { ...dataSet, items: Array.from({ length: TIMES }, () => dataSet.items).flat() };
    const checks = await runChecks(found, often, laptop, folder, sizes, rounds, { progress, signal });
    const processors = cpus();
    return {
      format: "facenet-lab plan 1",
      date,
      machine: `${processors.length} × ${processors[0]?.model.trim() || process.arch}`,
      cores: processors.length,
      loadAverage: [loadBefore, loadavg()[1]],
      versions: versionsInUse(),
      ...found,
      checks,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function costsOf(
  dataSet: DataSet,
  folder: string,
  {
    nets: specs,
    rows,
    least,
    say,
    signal,
  }: {
    readonly nets: readonly NetSpec[];
    readonly rows: number;
    readonly least: number;
    readonly say: (detail: string) => void;
    readonly signal?: AbortSignal;
  },
): Promise<Pick<Measured, "costs" | "nets">> {
  const starts: number[] = [];
  /** A worker of its own for each job, as in a run: code that has been compiled for one job's arrays is slower with another's. */
  const inWorker = async <T>(
    detail: string,
    measure: (surroundings: CostSurroundings) => Promise<T>,
  ): Promise<T> => {
    say(detail);
    const since = performance.now();
    const workers = await startLocalWorkers({ count: 1, threads: 1, signal });
    starts.push((performance.now() - since) / 1000);
    try {
      return await measure({ workers, dataSet, items: dataSet.items.slice(0, 48), folder, rows, least });
    } finally {
      await workers.close();
    }
  };
  const align = await inWorker("alignment and the detector", alignCosts);
  say("writing");
  const write = await writeCosts(folder, least);
  const pairs = await inWorker("pairs", pairCosts);
  const search = await inWorker("searches", searchCosts);
  say("mining and sums");
  const batch = await batchCosts(least);
  const nets: MeasuredNet[] = [];
  let updatePerParameter = 0;
  for (const spec of specs) {
    // A chunk that fits a small machine.
    const chunk = countNet(spec).multiplyAdds > 2e8 ? 4 : 16;
    const measured = await inWorker(`the net ${spec.name}`, (of) => netCosts(of, spec, chunk));
    nets.push(measured.net);
    updatePerParameter = measured.updatePerParameter;
  }
  const preparePerValue = await inWorker("batches", (of) => prepareCost(of, specs[0], batch.sumPerParameter));
  const workerStart = starts.reduce((sum, seconds) => sum + seconds, 0) / starts.length;
  const costs: Costs = {
    ...align,
    ...write,
    ...pairs,
    ...search,
    ...batch,
    updatePerParameter,
    preparePerValue,
    workerStart,
  };
  return { costs, nets };
}

/** What the coordinator of a training spends on one number of a batch: its processor time in a step, without the sums of the gradients. */
async function prepareCost(
  { workers, least }: CostSurroundings,
  spec: NetSpec,
  sumPerParameter: number,
): Promise<number> {
  const settings = timedSettings(16);
  const trainer = await startParallelTrainer(workers, spec, noiseCrops(spec, 24, 8), settings, {
    keepEvery: 1000,
  });
  const spent = await ownCost(least, () => trainer.step());
  trainer.dispose();
  const batch = 64;
  const sums = Math.ceil(batch / settings.chunk) * countNet(spec).parameters * sumPerParameter;
  const values = batch * spec.inputSize ** 2 * spec.channels;
  return Math.max(0, spent - sums) / values;
}

/** Faces drawn for the measurement, with their landmarks. */
async function drawn(folder: string, images: number, work: LongWork): Promise<DataSet> {
  const out = join(folder, "faces");
  const each = 8;
  const plan = {
    identities: Math.ceil(images / each),
    images: each,
    size: 250,
    seed: 1,
    fixed: {},
    labelNoise: 0,
  };
  await generateFaces(plan, out, work);
  return (await openDataSet(out)).dataSet;
}

/** At most so many pictures, evenly spread. */
function spread(dataSet: DataSet, images: number): DataSet {
  const count = Math.min(images, dataSet.items.length);
  if (dataSet.kind !== "faces" || count < 8 || !dataSet.landmarks) {
    throw new LabError(
      `Cannot measure a plan: at least 8 pictures of faces with known landmarks are needed, current value is ${count} ${dataSet.kind}${dataSet.landmarks ? "" : " without landmarks"}`,
    );
  }
  const items = Array.from(
    { length: count },
    (_, i) => dataSet.items[Math.floor((i * dataSet.items.length) / count)],
  );
  return { ...dataSet, items };
}
