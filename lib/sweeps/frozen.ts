import type { AlignedSet } from "../align/alignDataSet";
import type { Matrix } from "../core/matrix";
import type { LongWork } from "../core/progress";
import type { CropSet, PairList } from "../data/dataset";
import { pairDistances } from "../evaluate/distances";
import { bytesPerRow, dequantize, quantize } from "../evaluate/quantize";
import type { Embedder } from "../walk/embedder";
import { throughJpeg, throughSize } from "./degrade";
import type { SweepName } from "./kinds";
import type { SweepPoint } from "./points";
import { scoreOf } from "./score";

/** A trained model and the test side on which it is looked at. */
export interface FrozenSubject {
  readonly embedder: Embedder;
  readonly test: AlignedSet;
  /** Pairs as rows of the test side. */
  readonly pairs: PairList;
}

/** Bits that stand for embeddings as they are. */
const FLOAT_BITS = 32;

/** Measures a model without training: its test crops changed, or its embeddings rounded. Embeddings as they are are computed once. */
export function frozenMeasure(
  name: SweepName,
  { embedder, test, pairs }: FrozenSubject,
  { progress, signal }: LongWork = {},
): (value: number) => Promise<Omit<SweepPoint, "value">> {
  const { crops } = test;
  const embed = (set: CropSet): Promise<Matrix> => embedder.embed(set, { progress, signal });
  let plain: Promise<Matrix> | undefined;
  const asTheyAre = (): Promise<Matrix> => {
    plain ??= embed(crops);
    return plain;
  };
  const { size } = embedder.input;
  return async (value) => {
    if (name === "quantised") return quantised(await asTheyAre(), value, crops.labels, pairs);
    const set = name === "jpeg" ? await throughJpeg(crops, value) : await throughSize(crops, size, value);
    const x = set === crops ? await asTheyAre() : await embed(set);
    return { score: scoreOf(x, crops.labels, pairs), facts: {} };
  };
}

/** Bytes of an embedding, and how far the squared L2 of the listed pairs moves: in the mean, and at most. */
function quantised(x: Matrix, bits: number, labels: Int32Array, pairs: PairList): Omit<SweepPoint, "value"> {
  if (bits === FLOAT_BITS) {
    const facts = {
      "bytes per embedding": 4 * x.columns,
      "mean distance error": 0,
      "largest distance error": 0,
    };
    return { score: scoreOf(x, labels, pairs), facts };
  }
  const rounded = dequantize(quantize(x, bits));
  const before = pairDistances(x, pairs.first, pairs.second);
  const after = pairDistances(rounded, pairs.first, pairs.second);
  const errors = Array.from(before, (d, p) => Math.abs(after[p] - d));
  return {
    score: scoreOf(rounded, labels, pairs),
    facts: {
      "bytes per embedding": bytesPerRow({ columns: x.columns, bits }),
      "mean distance error": errors.reduce((sum, e) => sum + e, 0) / errors.length,
      "largest distance error": errors.reduce((most, e) => Math.max(most, e), 0),
    },
  };
}
