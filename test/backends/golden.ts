import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../lib/core/folders";
import { type Matrix, matrix } from "../../lib/core/matrix";

/** scikit-learn's answers; `made` in the file names command, versions and date. */
export interface Golden {
  readonly rows: number;
  readonly columns: number;
  readonly x: readonly number[];
  readonly labels: readonly number[];
  readonly pca: {
    readonly whitened: readonly number[];
    readonly variances: readonly number[];
    readonly explained: number;
  };
  readonly lda: { readonly projected: readonly number[]; readonly dimensions: number };
  readonly positive: readonly number[];
  readonly logistic: readonly {
    readonly ridge: number;
    readonly weights: readonly number[];
    readonly bias: number;
  }[];
}

/** test/golden/backends.json, made by `python test/golden/backends.py` with scikit-learn 1.9.1 on 2026-11-25. */
export const golden: Golden = JSON.parse(
  readFileSync(join(packageRoot(), "test", "golden", "backends.json"), "utf8"),
);

export const goldenFeatures: Matrix = matrix(golden.rows, golden.columns, Float32Array.from(golden.x));

/** Column `k` of an N×columns list, with the sign that makes its largest value positive: axes are defined up to their sign. */
export function signedColumn(values: ArrayLike<number>, columns: number, k: number): number[] {
  const column = Array.from({ length: values.length / columns }, (_, i) => values[i * columns + k]);
  const largest = column.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return column.map((value) => (largest < 0 ? -value : value));
}
