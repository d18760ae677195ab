import { throwIfStopped } from "../core/errors";
import { type Matrix, squaredL2 } from "../core/matrix";
import type { LongWork } from "../core/progress";
import { engineProducts } from "../engine/products";
import { forEachPairDistance } from "../evaluate/distances";
import { HASH_BITS, hammingDistance } from "../image/differenceHash";
import type { Fingerprints } from "./fingerprints";

/** Two rows that show one picture, or look as if they did. */
export interface NearDuplicate {
  readonly first: number;
  readonly second: number;
  readonly sameBytes: boolean;
  /** Bits of 128 in which the difference hashes differ. */
  readonly hamming: number;
  /** Squared L2 of their embeddings; null where there are none. */
  readonly distance: number | null;
}

/** Options of {@link nearDuplicates}. */
export interface NearDuplicateOptions extends LongWork {
  /** Most differing bits of 128, an integer in [0, 64]; default 12: among the 87.6 million pairs of LFW 19 are that near, and chance likeness begins at 13. */
  readonly hamming?: number;
  /** Embeddings, a row for each fingerprint. */
  readonly embeddings?: Matrix;
  /** Squared L2 of embeddings below which two pictures are reported, at least 0; default 0.015, chosen for the reference: among the 7,701 images of LFW's View 2 it puts 4 pairs that near. */
  readonly distance?: number;
  /** Which pairs are looked at; default all. */
  readonly wanted?: (first: number, second: number) => boolean;
}

/** Rows of hashes between two looks at the stop signal. */
const STRIDE = 512;

/**
 * Pairs with equal bytes, hashes a few bits apart or embeddings that nearly coincide, by brute force over all pairs (13,233 pictures: 87.6 million). Equal bytes
 * come first, then by Hamming distance, then by distance, then by row.
 */
export async function nearDuplicates(
  prints: Pick<Fingerprints, "bytes" | "hashes">,
  options: NearDuplicateOptions = {},
): Promise<NearDuplicate[]> {
  const { hamming = 12, distance = 0.015, embeddings, wanted = () => true, progress, signal } = options;
  if (!Number.isInteger(hamming) || hamming < 0 || hamming > HASH_BITS / 2) {
    throw new RangeError(
      `Cannot look for duplicates: the Hamming distance must be an integer in [0, ${HASH_BITS / 2}], current value is ${hamming}`,
    );
  }
  if (!(distance >= 0)) {
    throw new RangeError(
      `Cannot look for duplicates: the squared L2 must be at least 0, current value is ${distance}`,
    );
  }
  const { bytes, hashes } = prints;
  const n = bytes.length;
  if (embeddings && embeddings.rows !== n) {
    throw new RangeError(
      `Cannot look for duplicates: ${n} rows of embeddings are needed, current value is ${embeddings.rows}`,
    );
  }
  const found = new Set<number>();
  const keep = (i: number, j: number): void => {
    if (wanted(i, j)) found.add(i * n + j);
  };
  for (let i = 0; i < n; i++) {
    if (i % STRIDE === 0) {
      throwIfStopped(signal, "looking for duplicates; nothing was written");
      progress?.({ stage: "hashes", done: i, total: n });
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (let j = i + 1; j < n; j++) if (hammingDistance(hashes, i, hashes, j) <= hamming) keep(i, j);
  }
  if (embeddings) {
    const near = (i: number, j: number, d: number): void => {
      if (d < distance) keep(i, j);
    };
    forEachPairDistance(embeddings, near, { products: engineProducts });
  }
  progress?.({ stage: "hashes", done: n, total: n });
  const pairs = [...found].map((key): NearDuplicate => {
    const [first, second] = [Math.floor(key / n), key % n];
    return {
      first,
      second,
      sameBytes: bytes[first] === bytes[second],
      hamming: hammingDistance(hashes, first, hashes, second),
      distance: embeddings ? squaredL2(embeddings, first, embeddings, second) : null,
    };
  });
  return pairs.sort(
    (a, b) =>
      Number(b.sameBytes) - Number(a.sameBytes) ||
      a.hamming - b.hamming ||
      (a.distance ?? 0) - (b.distance ?? 0) ||
      a.first - b.first ||
      a.second - b.second,
  );
}
