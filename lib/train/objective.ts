import { type Matrix, squaredL2 } from "../core/matrix";
import type { Random } from "../core/random";
import { type TripletLossOptions, tripletLoss } from "../losses/triplet";
import { type MiningRule, miningRules } from "../miners/rules";

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
  /** Share of the batch's anchor–positive pairs that gave a triplet with a loss above 0. */
  readonly activeFraction: number;
  readonly meanPositive: number;
  readonly meanNegative: number;
  readonly hardestPositive: number;
  readonly hardestNegative: number;
}

export type Objective = (embeddings: Matrix, labels: Int32Array) => ObjectiveResult;

/** The stages *mine → loss → gradient with respect to the embeddings*, without any net: they see all embeddings of the batch at once. */
export function tripletObjective(random: Random, options: ObjectiveOptions = {}): Objective {
  const { margin = 0.2, mining = "semi-hard-nearest", reduction = "meanActive" } = options;
  const rule = miningRules[mining];
  if (!rule) {
    throw new RangeError(
      `Cannot mine triplets: the rule must be one of ${Object.keys(miningRules).join(", ")}, current value is ${String(mining)}`,
    );
  }
  return (embeddings, labels) => {
    const size = embeddings.rows;
    const distances = batchDistances(embeddings);
    const triplets = rule({ size, distances, labels }, margin, random);
    const result = tripletLoss(embeddings, triplets, { margin, reduction });
    const statistics = distanceStatistics(distances, labels);
    return {
      loss: result.loss,
      gradient: result.gradient,
      triplets: triplets.count,
      activeFraction: result.active / Math.max(1, mining === "batch-hard" ? size : statistics.positivePairs),
      meanPositive: statistics.meanPositive,
      meanNegative: statistics.meanNegative,
      hardestPositive: statistics.hardestPositive,
      hardestNegative: statistics.hardestNegative,
    };
  };
}

/** All squared L2 distances of a batch, N×N; each pair is computed once and mirrored. */
function batchDistances(embeddings: Matrix): Float32Array {
  const n = embeddings.rows;
  const distances: Float32Array = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const d = squaredL2(embeddings, i, embeddings, j);
      distances[i * n + j] = d;
      distances[j * n + i] = d;
    }
  }
  return distances;
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
    positivePairs: 2 * positives,
    meanPositive: positives > 0 ? sumPositive / positives : 0,
    meanNegative: negatives > 0 ? sumNegative / negatives : 0,
    hardestPositive,
    hardestNegative,
  };
}
