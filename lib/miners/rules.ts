import type { Random } from "../core/random";
import { allTriplets } from "./allTriplets";
import { batchHard } from "./batchHard";
import { semiHardNearest } from "./semiHardNearest";
import { semiHardRandom } from "./semiHardRandom";
import type { MiningBatch, Triplets } from "./triplets";

/** A mining rule: triplets of one batch. `margin` is on squared L2; `random` is used only by rules that draw. */
export type Miner = (batch: MiningBatch, margin: number, random: Random) => Triplets;

export type MiningRule = "semi-hard-nearest" | "semi-hard-random" | "batch-hard" | "all";

/** The mining rules by name, so that the trainer, the command line and the notebooks swap them. One definition per file. */
export const miningRules: Readonly<Record<MiningRule, Miner>> = {
  "semi-hard-nearest": (batch, margin) => semiHardNearest(batch, margin),
  "semi-hard-random": semiHardRandom,
  "batch-hard": batchHard,
  all: allTriplets,
};
