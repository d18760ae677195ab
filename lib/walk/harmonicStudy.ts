import { existsSync, readFileSync } from "node:fs";
import { LabError } from "../core/errors";
import { writeFileAtomic } from "../core/files";
import { type Matrix, stackRows } from "../core/matrix";
import type { LongWork } from "../core/progress";
import { createRandom } from "../core/random";
import { pairDistances } from "../evaluate/distances";
import { meanAndStandardError } from "../evaluate/statistics";
import { verification } from "../evaluate/verification";
import { laptopNet } from "../nets/laptopNets";
import type { NetSpec } from "../nets/spec";
import { embedCrops } from "../train/embed";
import { readWeights } from "../train/flatWeights";
import { harmonicObjective } from "../train/harmonic";
import { withFreshLastLayer } from "../train/layers";
import type { TrainSettings } from "../train/settings";
import { Trainer, type TrainerOptions } from "../train/trainer";
import type { Prepared } from "./prepare";
import type { WarnerOptions } from "./runTroubles";
import { mirrorAverageFor, settingsFor } from "./trainStage";
import { trainThrough } from "./trainThrough";

/** Accuracy (in [0, 1], ten folds) and AUC of one comparison. */
export interface HarmonicScore {
  readonly accuracy: number;
  readonly auc: number;
}

/** One seed: the old version alone, new probes against an old gallery, the new version alone, and the new one before it was made compatible. */
export interface HarmonicRun {
  readonly seed: number;
  readonly v1: HarmonicScore;
  readonly v2AgainstV1: HarmonicScore;
  readonly v2: HarmonicScore;
  /** v2 as it was trained separately, against itself and against v1. */
  readonly separate: HarmonicScore;
  readonly separateAgainstV1: HarmonicScore;
  /** Whether AUC(v2) > AUC(v2 against v1) > AUC(v1), the order of the paper's Figure 8. */
  readonly orderHolds: boolean;
}

export interface HarmonicSummary {
  readonly protocol: string;
  readonly steps: number;
  readonly runs: readonly HarmonicRun[];
  /** Mean AUC and its standard error over the seeds, by comparison. */
  readonly auc: Readonly<Record<Comparison, { readonly mean: number; readonly standardError: number }>>;
  readonly ordersHeld: number;
}

const comparisons = ["v1", "v2AgainstV1", "v2", "separate", "separateAgainstV1"] as const;
export type Comparison = (typeof comparisons)[number];

/** Options of {@link harmonicStudy}. */
export interface HarmonicStudyOptions extends LongWork, WarnerOptions {
  readonly seeds: readonly number[];
  /** Steps of v1, of v2 alone, and of v2 with mixed triplets; its last layer alone takes a quarter of them. */
  readonly steps: number;
  /** Train on to the end also when a stage is hopeless; default false: then the study stops. */
  readonly goOn?: boolean;
  /** Path of a seed's result; a seed whose file is there is read, not run again. */
  readonly fileOf: (seed: number) => string;
}

/**
 * Harmonic embedding on a laptop, staged as in the paper's appendix: v1 is trained and frozen; v2, a net of twice the width, is trained separately; its
 * last layer is drawn anew and trained alone with mixed triplets; then all of v2. Reported over several seeds, whether the order came out or not.
 */
export async function harmonicStudy(
  prepared: Prepared,
  options: HarmonicStudyOptions,
): Promise<HarmonicSummary> {
  const runs: HarmonicRun[] = [];
  for (const seed of options.seeds) {
    const path = options.fileOf(seed);
    if (existsSync(path)) runs.push(JSON.parse(readFileSync(path, "utf8")) as HarmonicRun);
    else {
      const run = await oneSeed(prepared, seed, options);
      writeFileAtomic(path, `${JSON.stringify(run, null, 2)}\n`);
      runs.push(run);
    }
  }
  if (runs.length === 0) throw new LabError("Cannot study harmonic embedding: at least one seed is needed");
  const auc = Object.fromEntries(
    comparisons.map((name) => [name, meanAndStandardError(runs.map((run) => run[name].auc))]),
  ) as HarmonicSummary["auc"];
  const ordersHeld = runs.filter((run) => run.orderHolds).length;
  return { protocol: prepared.protocol.name, steps: options.steps, runs, auc, ordersHeld };
}

/** v1 and v2: the laptop net at half its width, and the laptop net. Both look at the same crops and embed into 128 dimensions. */
export function harmonicNets(inputSize: number, channels: 1 | 3): { v1: NetSpec; v2: NetSpec } {
  return {
    v1: { ...laptopNet({ inputSize, channels, widths: [8, 16, 32, 64] }), name: "v1" },
    v2: { ...laptopNet({ inputSize, channels }), name: "v2" },
  };
}

async function oneSeed(
  prepared: Prepared,
  seed: number,
  options: HarmonicStudyOptions,
): Promise<HarmonicRun> {
  const { steps, progress } = options;
  const { crops } = prepared.train;
  const nets = harmonicNets(prepared.train.report.settings.size, crops.channels);
  const stages = ["v1", "v2 alone", "last layer", "v2 mixed"];
  const trainers: Trainer[] = [];
  const stage = async (
    name: string,
    spec: NetSpec,
    given: Partial<TrainSettings>,
    start: TrainerOptions = {},
  ): Promise<Trainer> => {
    const settings = settingsFor(prepared.opened, { seed, budget: { steps }, ...given });
    const trainer = new Trainer(spec, crops, settings, start);
    trainers.push(trainer);
    const done = stages.indexOf(name);
    await trainThrough(trainer, {
      ...options,
      name: `seed ${seed}, ${name}`,
      kept: "seeds",
      progress: (event) =>
        progress?.({
          stage: `seed ${seed}`,
          done: done * 1000 + event.done,
          total: stages.length * 1000,
          detail: `${name}, ${event.detail}`,
        }),
    });
    return trainer;
  };
  const embed = (trainer: Trainer): Promise<Matrix> =>
    embedCrops(trainer.net, prepared.test.crops, {
      mirrorAverage: mirrorAverageFor(prepared.opened.dataSet.kind),
    });
  try {
    const old = await stage("v1", nets.v1, {});
    const separate = await stage("v2 alone", nets.v2, { seed: seed + 1000 });
    const random = createRandom(seed).fork("harmonic");
    const start = withFreshLastLayer(nets.v2, readWeights(separate.net), random);
    const mixed = (from: Float32Array, name: string, given: Partial<TrainSettings>): Promise<Trainer> =>
      stage(name, nets.v2, given, {
        start: from,
        objective: harmonicObjective(old.net, random.fork(name)),
      });
    const lastSteps = Math.max(1, Math.round(steps / 4));
    const last = await mixed(start, "last layer", { layers: "last", budget: { steps: lastSteps } });
    const all = await mixed(readWeights(last.net), "v2 mixed", {});
    const [v1, alone, v2] = [await embed(old), await embed(separate), await embed(all)];
    return { seed, ...scoresOf(prepared, v1, alone, v2) };
  } finally {
    for (const trainer of trainers) trainer.dispose();
  }
}

/** All comparisons of the embeddings of v1, of v2 alone and of the compatible v2. */
function scoresOf(prepared: Prepared, v1: Matrix, alone: Matrix, v2: Matrix): Omit<HarmonicRun, "seed"> {
  const score = (probes: Matrix, gallery: Matrix): HarmonicScore => scoreOf(prepared, probes, gallery);
  const scores = { v1: score(v1, v1), v2AgainstV1: score(v2, v1), v2: score(v2, v2) };
  return {
    ...scores,
    separate: score(alone, alone),
    separateAgainstV1: score(alone, v1),
    orderHolds: scores.v2.auc > scores.v2AgainstV1.auc && scores.v2AgainstV1.auc > scores.v1.auc,
  };
}

/** The protocol's pairs: the first image of each as a probe of one version, the second in a gallery of the other. */
function scoreOf({ pairs }: Prepared, probes: Matrix, gallery: Matrix): HarmonicScore {
  const both = stackRows([probes, gallery]);
  const second = pairs.second.map((row) => row + probes.rows);
  const { accuracy, auc } = verification({ ...pairs, distances: pairDistances(both, pairs.first, second) });
  return { accuracy, auc };
}
