import type { Random } from "../core/random";
import { allTriplets } from "./allTriplets";
import type { MiningBatch } from "./batch";
import { batchHard } from "./batchHard";
import { distanceWeighted } from "./distanceWeighted";
import { easyPositive } from "./easyPositive";
import { hardestNegative } from "./hardestNegative";
import { randomViolator } from "./randomViolator";
import { semiHardNearest } from "./semiHardNearest";
import { semiHardRandom } from "./semiHardRandom";
import type { Triplets } from "./triplets";

/** A mining rule: triplets of one batch. `margin` is on squared L2; `random` is used only by rules that draw. */
export type Miner = (batch: MiningBatch, margin: number, random: Random) => Triplets;

/**
 * The mining rules by name, so that the trainer, the command line and the notebooks swap them. One definition per file; a line here is all that
 * a new rule needs. Mining that sees more than a batch stands beside it: `offlineTriplets` with `drawn`, `createMemory`.
 */
export const miningRules = {
  "semi-hard-nearest": semiHardNearest satisfies Miner as Miner,
  "semi-hard-random": semiHardRandom satisfies Miner as Miner,
  "random-violator": randomViolator satisfies Miner as Miner,
  "batch-hard": batchHard satisfies Miner as Miner,
  "hardest-negative": hardestNegative satisfies Miner as Miner,
  "easy-positive": ((batch) => easyPositive(batch)) as Miner,
  "easy-positive-hardest": ((batch) => easyPositive(batch, { negative: "hardest" })) as Miner,
  "distance-weighted": ((batch, _margin, random) => distanceWeighted(batch, random)) as Miner,
  all: ((batch) => allTriplets(batch)) as Miner,
} as const;

export type MiningRule = keyof typeof miningRules;

/** The names, in the order above. */
export const miningRuleNames: readonly [MiningRule, ...MiningRule[]] = Object.keys(miningRules) as [
  MiningRule,
  ...MiningRule[],
];
