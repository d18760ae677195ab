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

/** Squared L2 distances among the unit embeddings of a batch; 0 (mean and hardest positive) or 4 (hardest negative) where there are no such pairs. */
export interface BatchStatistics {
  readonly meanPositive: number;
  readonly meanNegative: number;
  readonly hardestPositive: number;
  readonly hardestNegative: number;
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
  };
}
