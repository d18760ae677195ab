import { type Matrix, matrix } from "../core/matrix";
import { checkBatch } from "./checks";
import { divisorOf, type LossResult, type Reduction } from "./loss";
import { float32, type Numbers, type Products } from "./products";
import { throughUnitRows, unitRows } from "./unitRows";

/** What one anchor adds: the losses of its terms; and, by side effect, dL/dS of its row. An anchor without terms adds an empty list. */
export type AnchorTerms = (anchor: Anchor) => readonly number[];

/** One row of the batch, with everything that a loss over all pairs reads and writes. */
export interface Anchor {
  /** Rows of the same identity without the anchor itself, and of the others, ascending. */
  readonly positives: Int32Array;
  readonly negatives: Int32Array;
  /** Cosines between the anchor and every row of the batch, N. */
  readonly cosines: Numbers;
  /** dL/dS for that row, N, zeros at first: a loss adds to it. */
  readonly slopes: Numbers;
}

/**
 * A loss that is a sum over anchors of functions of the N×N cosines S of a batch: multi-similarity, supervised contrastive, NT-Xent, circle.
 *
 *   dL/dx̂ = (dL/dS + (dL/dS)ᵀ) x̂, and back through x̂ = x / ‖x‖
 *
 * Embeddings of any length are normalised inside; a row of zeros has cosine 0 with everything and gradient 0.
 */
export function lossOfAllCosines(
  loss: string,
  embeddings: Matrix,
  labels: Int32Array,
  termsOf: AnchorTerms,
  reduction: Reduction,
  products: Products,
): LossResult {
  checkBatch(loss, embeddings, labels);
  const { rows: n, columns: d } = embeddings;
  const x = unitRows(embeddings);
  const cosines = products.timesTransposed(x.data, x.data, n, n, d);
  const slopes = new Float64Array(n * n);
  const values: number[] = [];
  forEachAnchor(labels, (i, positives, negatives) => {
    const row = { cosines: rowOf(cosines, i, n), slopes: rowOf(slopes, i, n) };
    values.push(...termsOf({ positives, negatives, ...row }));
  });
  const active = values.filter((value) => value > 0).length;
  const divisor = divisorOf(reduction, values.length, active);
  const gradient = throughUnitRows(products.times(symmetrized(slopes, n, divisor), x.data, n, n, d), x);
  const sum = values.reduce((total, value) => total + value, 0);
  return { loss: sum / divisor, active, terms: values.length, gradient: matrix(n, d, float32(gradient)) };
}

/**
 * Calls `visit` for every row with the rows of its own identity (without itself) and of the others, both ascending. The lists are views of
 * one buffer each: they hold until `visit` returns.
 */
export function forEachAnchor(
  labels: Int32Array,
  visit: (i: number, positives: Int32Array, negatives: Int32Array) => void,
): void {
  const n = labels.length;
  const [own, others] = [new Int32Array(n), new Int32Array(n)];
  for (let i = 0; i < n; i++) {
    let [p, q] = [0, 0];
    for (let j = 0; j < n; j++) {
      if (labels[j] !== labels[i]) others[q++] = j;
      else if (j !== i) own[p++] = j;
    }
    visit(i, own.subarray(0, p), others.subarray(0, q));
  }
}

function rowOf(values: Numbers, i: number, n: number): Numbers {
  return values.subarray(i * n, (i + 1) * n);
}

/** (C + Cᵀ) / divisor, in place. */
function symmetrized(c: Float64Array, n: number, divisor: number): Float64Array {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const both = (c[i * n + j] + c[j * n + i]) / divisor;
      c[i * n + j] = both;
      c[j * n + i] = both;
    }
  }
  return c;
}
