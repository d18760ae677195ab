import { transform } from "../backends/linearMap";
import { fitWhitening } from "../backends/whitening";
import { type Matrix, matrix } from "../core/matrix";
import type { OpenedData } from "../data/open";
import { meanAndStandardError } from "../evaluate/statistics";
import { unitRows } from "../losses/unitRows";
import { embedCrops } from "../train/embed";
import type { Trainer } from "../train/trainer";
import { type Prepared, type PrepareOptions, prepare } from "../walk/prepare";
import { mirrorAverageFor } from "../walk/trainStage";
import {
  type Contestant,
  type ContestOptions,
  type ContestRun,
  type ContestScore,
  contest,
  estimateOf,
  scoreEmbeddings,
  trained,
} from "./contest";
import type { Estimate } from "./score";
import type { AblationBase, TestForm, Variation } from "./variations";

/** The name of the base among the runs. */
export const BASE = "base";

/** One row of the table. */
export interface AblationRow {
  /** Undefined for the base. */
  readonly factor?: Variation["factor"];
  readonly name: string;
  readonly auc: Estimate;
  readonly accuracy: Estimate;
  /** AUC minus the base's of the same seed. */
  readonly difference: Estimate;
  /** Mean training time of one run, seconds. */
  readonly seconds: number;
  readonly runs: readonly ContestRun[];
}

/** Options of {@link ablation}. */
export interface AblationOptions extends ContestOptions {
  readonly base: AblationBase;
  readonly variations: readonly Variation[];
  readonly protocol?: PrepareOptions["protocol"];
}

/**
 * What mattered: the base, and each variation alone, on the same data, budget and seeds. A variation's AUC is compared with the base's of the same seed.
 * With a budget in steps a wider net or a larger picture costs more time; with one in seconds it takes fewer steps.
 */
export async function ablation(opened: OpenedData, options: AblationOptions): Promise<AblationRow[]> {
  const { base, variations, signal, note, patience } = options;
  const watched = { signal, note, patience };
  const tests = variations.filter((variation) => variation.test !== undefined);
  const prepared = sharedPreparation(opened, options);
  const own: Contestant = {
    names: [BASE, ...tests.map(keyOf)],
    run: async (seed) => {
      const data = await prepared({ factor: "test", name: BASE }, seed);
      const settings = { ...base.settings, seed };
      const how = { ...watched, name: `${BASE}, seed ${seed}`, settings, net: base.net };
      return trained(data, how, async (trainer) => {
        const scores = [await scoreForm(trainer, data, undefined, signal)];
        for (const { test } of tests) scores.push(await scoreForm(trainer, data, test, signal));
        return scores;
      });
    },
  };
  const others = variations
    .filter((variation) => variation.test === undefined)
    .map(
      (variation): Contestant => ({
        names: [keyOf(variation)],
        run: async (seed) => {
          const data = await prepared(variation, seed);
          const settings = { ...base.settings, ...variation.settings, seed };
          const net = variation.net ?? base.net;
          const how = { ...watched, name: `${keyOf(variation)}, seed ${seed}`, settings, net };
          return trained(data, how, async (trainer) => [await scoreForm(trainer, data, undefined, signal)]);
        },
      }),
    );
  const runs = await contest([own, ...others], options);
  const baseRuns = runs.filter((run) => run.name === BASE);
  return [{ name: BASE }, ...variations].map((variation) =>
    rowOf(
      variation,
      runs.filter((run) => run.name === ("factor" in variation ? keyOf(variation) : BASE)),
      baseRuns,
    ),
  );
}

/** Variations of two factors may share a name. */
function keyOf({ factor, name }: Variation): string {
  return `${factor}: ${name}`;
}

function rowOf(
  variation: Pick<Variation, "name"> & Partial<Variation>,
  runs: readonly ContestRun[],
  base: readonly ContestRun[],
): AblationRow {
  return {
    ...(variation.factor && { factor: variation.factor }),
    name: variation.name,
    auc: estimateOf(runs, (run) => run.auc),
    accuracy: estimateOf(runs, (run) => run.accuracy),
    difference: meanAndStandardError(runs.map((run, i) => run.auc - base[i].auc)),
    seconds: runs.reduce((sum, run) => sum + run.seconds, 0) / runs.length,
    runs,
  };
}

/** Prepared data by what it was aligned for; the last one is kept, others would fill the memory. */
function sharedPreparation(
  opened: OpenedData,
  { base, protocol, signal }: AblationOptions,
): (variation: Variation, seed: number) => Promise<Prepared> {
  let held: { readonly key: string; readonly prepared: Prepared } | undefined;
  return async (variation, seed) => {
    const align = { ...base.align, ...variation.align };
    const key = JSON.stringify([align, seed]);
    if (held?.key !== key)
      held = { key, prepared: await prepare({ data: opened, protocol, seed, align, signal }) };
    return held.prepared;
  };
}

async function scoreForm(
  trainer: Trainer,
  prepared: Prepared,
  form: TestForm | undefined,
  signal: AbortSignal | undefined,
): Promise<ContestScore> {
  const usual = mirrorAverageFor(prepared.opened.dataSet.kind);
  const options = { mirrorAverage: form === "one view" ? false : usual, signal };
  const x = await embedCrops(trainer.net, prepared.test.crops, options);
  if (form !== "whitened") return scoreEmbeddings(x, trainer, prepared);
  const train = await embedCrops(trainer.net, prepared.train.crops, options);
  const { map } = fitWhitening(train, { dimensions: train.columns });
  return scoreEmbeddings(unit(transform(map, x)), trainer, prepared);
}

function unit(x: Matrix): Matrix {
  return matrix(x.rows, x.columns, Float32Array.from(unitRows(x).data));
}
