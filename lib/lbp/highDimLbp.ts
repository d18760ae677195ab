import { z } from "zod";
import type { LinearMap } from "../backends/linearMap";
import { type PrincipalAxes, randomizedPca } from "../backends/randomizedPca";
import { eachBlock } from "../core/blocks";
import { readVectorFile, writeVectorFile } from "../core/container";
import { LabError } from "../core/errors";
import { checkFinite, type Matrix, matrix } from "../core/matrix";
import type { LongWork } from "../core/progress";
import type { CropSet } from "../data/dataset";
import { loadEngine } from "../engine/load";
import { LBP_LENGTH, lbpCounts } from "./describe";

/** Options of {@link fitHighDimLbp}. */
export interface HighDimLbpOptions extends LongWork {
  /** Length of the compressed description, less than the number of crops; default 200, or one less than there are crops. */
  readonly dimensions?: number;
  readonly seed?: number;
}

/** High-dimensional LBP, compressed: the strongest face features before nets, to be compared by Joint Bayesian. */
export interface HighDimLbp {
  /** K×LBP_LENGTH: from the square roots of the counts to the compressed description. */
  readonly map: LinearMap;
  /** The mean of the compressed descriptions of each crop and its mirror image: N×K, not of unit length. All crops, or the `rows` of them in that order. */
  embed(crops: CropSet, options?: LongWork & { readonly rows?: ArrayLike<number> }): Promise<Matrix>;
}

/** The name that says in saved back-ends and reports what the features are. */
export const LBP_NAME = "high-dim-lbp" as const;

/** Crops that are described at once. */
const BLOCK = 128;

/** √c for every count. */
const ROOT: Float32Array = Float32Array.from({ length: 256 }, (_, count) => Math.sqrt(count));

/**
 * Fits the compression (principal axes) to the training side's crops, which are aligned as in `LBP_ALIGNMENT`. No label is used. It holds one byte per crop and value: 57 kB a crop.
 * Source: Chen, Cao, Wen, Sun (CVPR 2013), section 3; square roots of counts as in its reference to Hellinger's distance. Differs: see `lbpCounts`.
 */
export async function fitHighDimLbp(crops: CropSet, options: HighDimLbpOptions = {}): Promise<HighDimLbp> {
  const { dimensions = Math.min(200, crops.labels.length - 1), seed, progress, signal } = options;
  const all = await describeAll(crops, options);
  const axes: PrincipalAxes = await randomizedPca(
    {
      rows: crops.labels.length,
      columns: LBP_LENGTH,
      block: (start, end) => roots(all.subarray(start * LBP_LENGTH, end * LBP_LENGTH)),
    },
    { dimensions, seed, progress, signal },
  );
  return highDimLbp(axes.map);
}

/** From a compression that was fitted before. */
export function highDimLbp(map: LinearMap): HighDimLbp {
  return { map, embed: (crops, options) => embed(map, crops, options) };
}

/** Square roots of counts, or their means over two descriptions. */
function roots(counts: Uint8Array, others: Uint8Array = counts): Float32Array {
  const values = new Float32Array(counts.length);
  for (let i = 0; i < values.length; i++) values[i] = (ROOT[counts[i]] + ROOT[others[i]]) / 2;
  return values;
}

const DESCRIBING = { stage: "describe", stopped: "describing faces; nothing was written" } as const;

async function describeAll(crops: CropSet, { progress, signal }: LongWork): Promise<Uint8Array> {
  const rows = Int32Array.from(crops.labels.keys());
  const counts: Uint8Array = new Uint8Array(rows.length * LBP_LENGTH);
  await eachBlock(rows.length, BLOCK, { ...DESCRIBING, progress, signal }, (start, end) => {
    counts.set(lbpCounts(crops, rows.subarray(start, end)), start * LBP_LENGTH);
  });
  return counts;
}

async function embed(
  { weights, bias }: LinearMap,
  crops: CropSet,
  { rows = Int32Array.from(crops.labels.keys()), progress, signal }: Parameters<HighDimLbp["embed"]>[1] = {},
): Promise<Matrix> {
  const tf = loadEngine();
  const result = matrix(rows.length, weights.rows);
  const map = tf.tensor2d(weights.data, [weights.rows, LBP_LENGTH]);
  const shift = tf.tensor1d(bias.data);
  try {
    await eachBlock(rows.length, BLOCK, { ...DESCRIBING, progress, signal }, (start, end) => {
      const part = Array.from({ length: end - start }, (_, i) => rows[start + i]);
      const means = roots(lbpCounts(crops, part), lbpCounts(crops, part, true));
      const values = tf.tidy(() =>
        tf.matMul(tf.tensor2d(means, [part.length, LBP_LENGTH]), map, false, true).add(shift),
      );
      result.data.set(values.dataSync(), start * weights.rows);
      values.dispose();
    });
    return result;
  } finally {
    tf.dispose([map, shift]);
  }
}

const FORMAT = "facenet-lab high-dim-lbp 1";
const headerSchema = z.strictObject({
  format: z.literal(FORMAT),
  dimensions: z.number().int().min(1).max(100_000),
});

/** Writes the compression as one file, whole or not at all. */
export function saveHighDimLbp(path: string, { map: { weights, bias } }: HighDimLbp): void {
  writeVectorFile(path, { format: FORMAT, dimensions: weights.rows }, [weights.data, bias.data]);
}

/** Reads a file of `saveHighDimLbp`; its descriptions are the same bit for bit. Throws a LabError that names the file when it is damaged or of another kind. */
export function loadHighDimLbp(path: string): HighDimLbp {
  const { header, vectors } = readVectorFile(path);
  const parsed = headerSchema.safeParse(header);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new LabError(`Cannot read ${path}: ${issue.path.join(".") || "header"}: ${issue.message}`);
  }
  const { dimensions } = parsed.data;
  const [weights, bias] = vectors;
  if (weights?.length !== dimensions * LBP_LENGTH || bias?.length !== dimensions) {
    throw new LabError(
      `Cannot read ${path}: a map from ${LBP_LENGTH} to ${dimensions} values is needed, current lengths are ${vectors.map((v) => v.length).join(" and ")}`,
    );
  }
  const map = { weights: matrix(dimensions, LBP_LENGTH, weights), bias: matrix(1, dimensions, bias) };
  checkFinite(map.weights, `${path}: weights`);
  checkFinite(map.bias, `${path}: bias`);
  return highDimLbp(map);
}
