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
import { type LocalWorkers, startLocalWorkers } from "../worker/localWorkers";
import { type CheckSizes, noiseCrops } from "./planCheckJobs";
import { runChecks } from "./planChecks";
import { alignCosts, batchCosts, netCosts, timedSettings, writeCosts } from "./planCosts";
import { pairCosts } from "./planPairCosts";
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
  /** Processor seconds over which each stage is repeated, above 0; default 0.5. */
  readonly least?: number;
  /** Today, as YYYY-MM-DD. */
  readonly date: string;
}

const usualSizes: CheckSizes = { shardImages: 32, rows: 8192, steps: 12 };
/** Embedding all pictures several times takes long enough to be timed. */
const TIMES = 4;

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
    const since = performance.now();
    const workers = await startLocalWorkers({ count: 1, threads: 1, signal });
    const workerStart = (performance.now() - since) / 1000;
    let found: Pick<Measured, "costs" | "nets">;
    try {
      found = await costsOf(workers, dataSet, folder, {
        laptop,
        nets: options.nets ?? [namedNet("NN2")],
        rows,
        least,
        workerStart,
        say,
      });
    } finally {
      await workers.close();
    }
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
  workers: LocalWorkers,
  dataSet: DataSet,
  folder: string,
  {
    laptop,
    nets: others,
    rows,
    least,
    workerStart,
    say,
  }: {
    readonly laptop: NetSpec;
    readonly nets: readonly NetSpec[];
    readonly rows: number;
    readonly least: number;
    readonly workerStart: number;
    readonly say: (detail: string) => void;
  },
): Promise<Pick<Measured, "costs" | "nets">> {
  const surroundings = { workers, dataSet, items: dataSet.items.slice(0, 48), folder, rows, least };
  say("alignment and the detector");
  const align = await alignCosts(surroundings);
  say("writing");
  const write = await writeCosts(surroundings);
  say("pairs and searches");
  const pairs = await pairCosts(surroundings);
  say("mining and sums");
  const batch = await batchCosts();
  const nets: MeasuredNet[] = [];
  let updatePerParameter = 0;
  for (const spec of [laptop, ...others]) {
    say(`the net ${spec.name}`);
    // A chunk that fits a small machine.
    const measured = await netCosts(surroundings, spec, countNet(spec).multiplyAdds > 2e8 ? 4 : 16);
    nets.push(measured.net);
    updatePerParameter = measured.updatePerParameter;
  }
  say("batches");
  const preparePerValue = await prepareCost(workers, laptop, batch.sumPerParameter);
  const costs: Costs = {
    ...align,
    ...write,
    ...pairs,
    ...batch,
    updatePerParameter,
    preparePerValue,
    workerStart,
  };
  return { costs, nets };
}

/** What the coordinator of a training spends on one number of a batch: its processor time in a step, without the sums of the gradients. */
async function prepareCost(workers: LocalWorkers, spec: NetSpec, sumPerParameter: number): Promise<number> {
  const settings = timedSettings(16);
  const trainer = await startParallelTrainer(workers, spec, noiseCrops(spec, 24, 8), settings, {
    keepEvery: 1000,
  });
  const [batch, steps] = [64, 8];
  await trainer.step();
  const start = process.cpuUsage();
  for (let step = 0; step < steps; step++) await trainer.step();
  const { user, system } = process.cpuUsage(start);
  trainer.dispose();
  const sums = Math.ceil(batch / settings.chunk) * countNet(spec).parameters * sumPerParameter;
  const values = batch * spec.inputSize ** 2 * spec.channels;
  return Math.max(0, (user + system) / 1e6 / steps - sums) / values;
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
