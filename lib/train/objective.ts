import type { Matrix } from "../core/matrix";

/** A vector that the optimiser trains along with the net: class weights, biases. */
export interface TrainedVector {
  readonly values: Float32Array;
  /** Whether weight decay applies (class weights) or not (biases). */
  readonly decays: boolean;
}

/** State as vectors: `read` copies it out, `write` brings it back. */
export interface Kept {
  readonly read: () => Float32Array[];
  readonly write: (vectors: readonly Float32Array[]) => void;
}

/** State that lives in vectors of fixed length. */
export function keptIn(...views: readonly Float32Array[]): Kept {
  return {
    read: () => views.map((view) => view.slice()),
    write: (vectors) =>
      views.forEach((view, i) => {
        view.set(vectors[i]);
      }),
  };
}

/**
 * What a training run minimises: the stages *mine → loss → gradient with respect to the embeddings*, without any net. It sees all embeddings of
 * the batch at once, whatever the chunks of back-propagation.
 */
export interface Objective {
  /** `unit`: f(x) on the unit sphere; `free`: the features before the normalisation. */
  readonly features: "unit" | "free";
  /** Trained by the optimiser with the gradients of the same index. */
  readonly trained: readonly TrainedVector[];
  /** What moves by rules of its own (centres, an adaptive margin, a memory), to be saved in a checkpoint. */
  readonly kept: Kept;
  /**
   * `classes` are identities numbered from 0; `images` are the net's inputs, for an objective that shows them to another net. Called once for every
   * step: `kept` moves here, after the loss.
   */
  readonly evaluate: (embeddings: Matrix, classes: Int32Array, images: Float32Array) => ObjectiveResult;
}

/** What one batch of embeddings asks for, and what to show of it. */
export interface ObjectiveResult extends BatchStatistics {
  readonly loss: number;
  /** dL/dx, N×D. */
  readonly gradient: Matrix;
  readonly trainedGradients: readonly Float32Array[];
  /** Triplets, pairs or examples in the loss. */
  readonly terms: number;
  /**
   * Share of what could still teach: anchor–positive pairs (anchors for one-triplet-per-anchor rules) whose triplet has a loss above 0, pairs with a
   * loss above 0; for classifiers the examples whose identity is not ranked first.
   */
  readonly activeFraction: number;
}

/** Of the unit embeddings of a batch. Distances are squared L2; 0 (mean and hardest positive) or 4 (hardest negative) where there are no such pairs. */
export interface BatchStatistics {
  readonly meanPositive: number;
  readonly meanNegative: number;
  readonly hardestPositive: number;
  readonly hardestNegative: number;
  /** Dimensions that they fill, at least 1: the participation ratio (Σλ)² / Σλ² over the eigenvalues λ of their covariance; 0 when all are one point. */
  readonly batchRank: number;
}

/** Statistics of N×N squared L2 distances. */
export function batchStatistics(distances: ArrayLike<number>, labels: Int32Array): BatchStatistics {
  const n = labels.length;
  let [positives, negatives, sumPositive, sumNegative] = [0, 0, 0, 0];
  let [hardestPositive, hardestNegative] = [0, 4];
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
    batchRank: participationRatio(distances, n),
  };
}

/** (tr B)² / ‖B‖² of the doubly centred Gram matrix B = −½ (I − 1/n) D (I − 1/n), which has the eigenvalues of the covariance up to a factor. */
function participationRatio(distances: ArrayLike<number>, n: number): number {
  const means = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) means[i] += distances[i * n + j] / n;
  const mean = means.reduce((sum, value) => sum + value, 0) / n;
  let [trace, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const product = (means[i] + means[j] - mean - distances[i * n + j]) / 2;
      if (i === j) trace += product;
      squares += product * product;
    }
  }
  return squares > 0 ? (trace * trace) / squares : 0;
}
