import type { Numbers } from "./products";

/** Sums over a batch: loss and slopes are to be divided by the reduction's divisor. */
export interface CrossEntropy {
  /** dL/dlogits, N×C: the array that held the logits. */
  readonly slopes: Numbers;
  readonly loss: number;
  readonly active: number;
}

/**
 * Softmax cross-entropy of N×C logits against N labels: −Σᵢ ln pᵢ,y, p = softmax of the row.
 * Overwrites the logits with its gradient, p − 1 at the example's own identity and p elsewhere. The row's maximum is taken out first, so no
 * exponential overflows.
 */
export function crossEntropyInPlace(logits: Numbers, labels: Int32Array, classes: number): CrossEntropy {
  let loss = 0;
  let active = 0;
  for (let i = 0; i < labels.length; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const own = row[labels[i]];
    const highest = row[highestIn(row)];
    let sum = 0;
    for (let j = 0; j < classes; j++) {
      row[j] = Math.exp(row[j] - highest);
      sum += row[j];
    }
    for (let j = 0; j < classes; j++) row[j] /= sum;
    row[labels[i]] -= 1;
    const term = highest - own + Math.log(sum);
    loss += term;
    if (term > 0) active++;
  }
  return { slopes: logits, loss, active };
}

/** Share of the rows of an N×C matrix whose highest value stands at their label; of equal values the first counts. 0 for no rows. */
export function shareRight(logits: Numbers, labels: Int32Array, classes: number): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) {
    if (highestIn(logits.subarray(i * classes, (i + 1) * classes)) === labels[i]) right++;
  }
  return right / Math.max(1, labels.length);
}

function highestIn(row: Numbers): number {
  let highest = 0;
  for (let j = 1; j < row.length; j++) if (row[j] > row[highest]) highest = j;
  return highest;
}
