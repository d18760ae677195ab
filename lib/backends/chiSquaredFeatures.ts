import { LabError } from "../core/errors";
import { type Matrix, matrix } from "../core/matrix";
import type { PairRows } from "./backend";

/** The features and the vectors of DeepFace's χ² similarity (Taigman et al., CVPR 2014, sections 4 and 4.1). */

/** Features as the score wants them: split if training had negative ones, scaled, of unit length. Throws a LabError for a negative feature that training never had. */
export function chiSquaredFeatures(x: Matrix, scale: Matrix): Matrix {
  const signed = scale.columns === 2 * x.columns;
  const negative = signed ? -1 : x.data.findIndex((value) => value < 0);
  if (negative >= 0) {
    throw new LabError(
      `Cannot score with χ²: features must be at least 0 as in its fit, row ${Math.floor(negative / x.columns)} column ${negative % x.columns} is ${x.data[negative]}`,
    );
  }
  return normalised(signed ? split(x) : x, scale);
}

/** (f − g)² / (f + g) per component of each pair: P×D. */
export function chiSquaredVectors(f: Matrix, { first, second }: PairRows): Matrix {
  const d = f.columns;
  const vectors = matrix(first.length, d);
  for (let p = 0; p < first.length; p++) {
    for (let k = 0; k < d; k++) {
      vectors.data[p * d + k] = component(f.data[first[p] * d + k], f.data[second[p] * d + k]);
    }
  }
  return vectors;
}

/** (f − g)² / (f + g), 0 for two zeros. */
export function component(f: number, g: number): number {
  const sum = f + g;
  return sum > 0 ? (f - g) ** 2 / sum : 0;
}

/** (max(0, x), max(0, −x)): N×2D. */
export function split({ rows, columns: d, data }: Matrix): Matrix {
  const result = matrix(rows, 2 * d);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < d; k++) {
      const value = data[i * d + k];
      result.data[i * 2 * d + (value < 0 ? d + k : k)] = Math.abs(value);
    }
  }
  return result;
}

/** One over the largest value of each column, 0 for a column of zeros. */
export function scaleOf({ columns, data }: Matrix): Matrix {
  const most = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) most[i % columns] = Math.max(most[i % columns], data[i]);
  return matrix(
    1,
    columns,
    Float32Array.from(most, (value) => (value > 0 ? 1 / value : 0)),
  );
}

/** Columns times `scale`, rows of unit length (a row of zeros stays). */
export function normalised({ rows, columns: d, data }: Matrix, scale: Matrix): Matrix {
  const result = matrix(rows, d);
  for (let i = 0; i < rows; i++) {
    const row = Float64Array.from({ length: d }, (_, k) => data[i * d + k] * scale.data[k]);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (norm > 0)
      result.data.set(
        row.map((value) => value / norm),
        i * d,
      );
  }
  return result;
}
