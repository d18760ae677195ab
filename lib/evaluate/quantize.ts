import { type Matrix, matrix } from "../core/matrix";

/** Embeddings as small integers: value = code · step. */
export interface Quantized {
  readonly rows: number;
  readonly columns: number;
  /** Signed, in [−(2^(bits−1) − 1), 2^(bits−1) − 1]. */
  readonly codes: Int8Array;
  readonly step: number;
  readonly bits: number;
}

/**
 * Rounds every value to one of 2^bits − 1 levels, equally far apart and symmetric about 0; one step for the whole matrix, chosen by its largest absolute value.
 * With 8 bits a 128-dimensional embedding takes 128 bytes.
 *
 * Source: Schroff et al. (2015), section 5.4: "can be quantized to 128-bytes without loss of accuracy"; how is not said there.
 */
export function quantize(x: Matrix, bits: number = 8): Quantized {
  if (!Number.isInteger(bits) || bits < 2 || bits > 8) {
    throw new RangeError(`Cannot quantise: bits must be an integer in [2, 8], current value is ${bits}`);
  }
  const most = 2 ** (bits - 1) - 1;
  let largest = 0;
  for (const value of x.data) {
    if (!Number.isFinite(value)) {
      throw new RangeError(`Cannot quantise: every value must be finite, current value is ${value}`);
    }
    largest = Math.max(largest, Math.abs(value));
  }
  const step = largest / most;
  const codes: Int8Array = Int8Array.from(x.data, (value) => (step > 0 ? Math.round(value / step) : 0));
  return { rows: x.rows, columns: x.columns, codes, step, bits };
}

/** The embeddings that the codes stand for; they are not made unit length again. */
export function dequantize({ rows, columns, codes, step }: Quantized): Matrix {
  return matrix(
    rows,
    columns,
    Float32Array.from(codes, (code) => code * step),
  );
}

/** Bytes of one embedding when its codes are packed; the step is stored once for all. */
export function bytesPerRow({ columns, bits }: Pick<Quantized, "columns" | "bits">): number {
  return Math.ceil((columns * bits) / 8);
}
