import { checkFinite, type Matrix } from "../core/matrix";

/**
 * What every loss refuses, in one place. An empty set of terms is no error: loss 0, gradient 0.
 *
 * Throws a RangeError for sizes, indices and options out of range, a LabError for NaN or infinity in the data.
 */

/** An option's interval as it is printed, "[0, 1)" or "(0, ∞)", is also what is checked; NaN lies in none. */
export function checkInterval(loss: string, option: string, value: number, interval: string): void {
  const [, left, low, high, right] = /^([[(])(\S+), (\S+)([\])])$/.exec(interval) as unknown as string[];
  const [from, to] = [low, high].map((end) => Number(end.replace("∞", "Infinity")));
  const inside = (left === "[" ? value >= from : value > from) && (right === "]" ? value <= to : value < to);
  if (!inside) {
    throw new RangeError(
      `Cannot compute the ${loss}: the ${option} must lie in ${interval}, current value is ${value}`,
    );
  }
}

/** One label per embedding, all numbers finite. */
export function checkBatch(loss: string, embeddings: Matrix, labels: Int32Array): void {
  checkFinite(embeddings, "the embeddings");
  if (labels.length !== embeddings.rows) {
    throw new RangeError(
      `Cannot compute the ${loss}: ${embeddings.rows} labels are needed, current value is ${labels.length}`,
    );
  }
}

/** A batch with one vector per identity (class weights or centres, C×D): sizes agree and every label is below C. */
export function checkHead(
  loss: string,
  embeddings: Matrix,
  labels: Int32Array,
  head: Matrix,
  bias?: Float32Array,
): void {
  checkBatch(loss, embeddings, labels);
  checkFinite(head, "the class weights");
  if (head.columns !== embeddings.columns) {
    throw new RangeError(
      `Cannot compute the ${loss}: class weights must have ${embeddings.columns} columns like the embeddings, current value is ${head.columns}`,
    );
  }
  if (bias && bias.length !== head.rows) {
    throw new RangeError(
      `Cannot compute the ${loss}: ${head.rows} biases are needed, current value is ${bias.length}`,
    );
  }
  checkIndices(loss, "label", head.rows, labels, labels.length);
}

/** The first `count` indices are there and lie in [0, rows). */
export function checkIndices(
  loss: string,
  what: string,
  rows: number,
  indices: Int32Array,
  count: number,
): void {
  if (indices.length < count) {
    throw new RangeError(
      `Cannot compute the ${loss}: ${count} values of ${what} are needed, current value is ${indices.length}`,
    );
  }
  for (let t = 0; t < count; t++) {
    if (indices[t] < 0 || indices[t] >= rows) {
      throw new RangeError(
        `Cannot compute the ${loss}: every ${what} must lie in [0, ${rows}), number ${t} is ${indices[t]}`,
      );
    }
  }
}
