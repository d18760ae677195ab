import { type Matrix, matrix } from "../core/matrix";
import type { Random } from "../core/random";
import { type TripletLossOptions, tripletLoss } from "../losses/triplet";
import { miningBatch } from "../miners/batch";
import { type MiningRule, miningRuleNames, miningRules } from "../miners/rules";

/** Options of {@link tripletObjective}. */
export interface ObjectiveOptions {
  /** Margin α on squared L2, in (0, 4); default 0.2. */
  readonly margin?: number;
  /** Mining rule by name; default `semi-hard-nearest`, the paper's. */
  readonly mining?: MiningRule;
  readonly reduction?: TripletLossOptions["reduction"];
}

/** What one batch of embeddings asks for: the gradient with respect to the embeddings, and what to show of it. Distances are squared L2. */
export interface ObjectiveResult {
  readonly loss: number;
  readonly gradient: Matrix;
  readonly triplets: number;
  /** Share of the triplets that the rule could give (one for every anchor–positive pair, or anchor, or all) that have a loss above 0. */
  readonly activeFraction: number;
  readonly meanPositive: number;
  readonly meanNegative: number;
  readonly hardestPositive: number;
  readonly hardestNegative: number;
}

export type Objective = (embeddings: Matrix, labels: Int32Array) => ObjectiveResult;

/**
 * The stages *mine → loss → gradient with respect to the embeddings*, without any net: they see all embeddings of the batch at once.
 * Embeddings that are not finite give a loss of NaN, for the trainer to report with its step.
 */
export function tripletObjective(random: Random, options: ObjectiveOptions = {}): Objective {
  const { margin = 0.2, mining = "semi-hard-nearest", reduction = "meanActive" } = options;
  const rule = miningRules[mining];
  if (!rule) {
    throw new RangeError(
      `Cannot mine triplets: the rule must be one of ${miningRuleNames.join(", ")}, current value is ${String(mining)}`,
    );
  }
  return (embeddings, labels) => {
    if (!embeddings.data.every(Number.isFinite)) return lost(embeddings);
    const batch = miningBatch(embeddings, labels);
    const triplets = rule(batch, margin, random);
    const result = tripletLoss(embeddings, triplets, { margin, reduction });
    const statistics = distanceStatistics(batch.distances, labels);
    return {
      loss: result.loss,
      gradient: result.gradient,
      triplets: triplets.count,
      activeFraction: result.active / Math.max(1, triplets.possible),
      meanPositive: statistics.meanPositive,
      meanNegative: statistics.meanNegative,
      hardestPositive: statistics.hardestPositive,
      hardestNegative: statistics.hardestNegative,
    };
  };
}

function lost({ rows, columns }: Matrix): ObjectiveResult {
  return {
    loss: Number.NaN,
    gradient: matrix(rows, columns),
    triplets: 0,
    activeFraction: 0,
    meanPositive: Number.NaN,
    meanNegative: Number.NaN,
    hardestPositive: Number.NaN,
    hardestNegative: Number.NaN,
  };
}

function distanceStatistics(distances: Float32Array, labels: Int32Array) {
  const n = labels.length;
  let positives = 0;
  let negatives = 0;
  let sumPositive = 0;
  let sumNegative = 0;
  let hardestPositive = 0;
  let hardestNegative = 4;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const d = distances[i * n + j];
      if (labels[i] === labels[j]) {
        positives++;
        sumPositive += d;
        if (d > hardestPositive) hardestPositive = d;
      } else {
        negatives++;
        sumNegative += d;
        if (d < hardestNegative) hardestNegative = d;
      }
    }
  }
  return {
    meanPositive: positives > 0 ? sumPositive / positives : 0,
    meanNegative: negatives > 0 ? sumNegative / negatives : 0,
    hardestPositive,
    hardestNegative,
  };
}
