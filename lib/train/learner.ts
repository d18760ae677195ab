import type { Matrix } from "../core/matrix";
import type { Random } from "../core/random";
import type { Reduction } from "../losses/loss";
import type { MiningBatch } from "../miners/batch";
import type { MiningRule } from "../miners/rules";
import type { Objective, ObjectiveResult } from "./objective";

/** The options that objectives have; each takes the ones that its row in `objectives` lists. What is left out takes the default of its loss. */
export interface ObjectiveOptions {
  /** On squared L2 (triplet), L2 (contrastive, lifted structure), cosine (CosFace, circle), radians (ArcFace), or a whole factor (SphereFace). */
  readonly margin?: number;
  /** Scale s of cosines. */
  readonly scale?: number;
  /** Temperature τ that divides cosines. */
  readonly temperature?: number;
  /** Weight λ of the second part of a joint loss. */
  readonly lambda?: number;
  /** Mining rule of the triplet losses; default `semi-hard-nearest`, the paper's (`batch-hard` for the soft margin); `drawn` takes an offline sampler's. */
  readonly mining?: MiningRule | "drawn";
  /** Embeddings of past batches to mine against (cross-batch memory), at least 1; default none. */
  readonly memory?: number;
  readonly reduction?: Reduction;
}

/** What an objective is made for. */
export interface ObjectiveContext {
  /** Training identities C. */
  readonly classes: number;
  /** Dimension D of the embedding. */
  readonly dimension: number;
  /** For mining rules that draw. */
  readonly random: Random;
  /** Whether the sampler `pairs` drew the batches: losses on pairs then take its pairs; default false, they form their own. */
  readonly pairsDrawn?: boolean;
  /** For the start values of class weights; default `random`. A run that is resumed must not move the mining stream by them. */
  readonly start?: Random;
}

/** An objective without the statistics. `learn` gets the embeddings, the classes, and the batch of the unit embeddings with all their squared L2 distances. */
export interface Learner extends Partial<Pick<Objective, "trained" | "kept">> {
  readonly features: Objective["features"];
  readonly learn: (x: Matrix, classes: Int32Array, batch: MiningBatch) => Learned;
}

/** What a batch asks for; see {@link ObjectiveResult}. */
export type Learned = Pick<ObjectiveResult, "loss" | "gradient" | "terms" | "activeFraction"> &
  Partial<Pick<ObjectiveResult, "trainedGradients">>;
