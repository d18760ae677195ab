import fc from "fast-check";
import type { MiningBatch } from "../../lib/miners/batch";
import type { Triplets } from "../../lib/miners/triplets";

/** Points on a line: squared distances that a reader can check by eye. The first `size` points are anchors, the others a memory. */
export function lineBatch(
  positions: readonly number[],
  labels: readonly number[],
  size: number = positions.length,
): MiningBatch {
  const columns = positions.length;
  const distances: Float32Array = new Float32Array(size * columns);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < columns; j++) distances[i * columns + j] = (positions[i] - positions[j]) ** 2;
  }
  return { size, distances, labels: Int32Array.from(labels), dimension: 3 };
}

/** Batches of 2 to 10 points at steps of 0.1 (so with ties and coincident points), up to four identities, some points as memory. */
export const batches: fc.Arbitrary<MiningBatch> = fc
  .integer({ min: 2, max: 10 })
  .chain((n) =>
    fc.tuple(
      fc.array(fc.integer({ min: 0, max: 12 }), { minLength: n, maxLength: n }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: n, maxLength: n }),
      fc.integer({ min: 1, max: n }),
    ),
  )
  .map(([positions, labels, size]) =>
    lineBatch(
      positions.map((p) => p / 10),
      labels,
      size,
    ),
  );

export const listOf = (t: Omit<Triplets, "possible">): string[] =>
  Array.from({ length: t.count }, (_, i) => `${t.anchor[i]} ${t.positive[i]} ${t.negative[i]}`).sort();

/** The pair (anchor, positive) of each triplet, sorted. */
export const pairsOf = (list: Iterable<string>): string[] =>
  [...list].map((triplet) => triplet.split(" ").slice(0, 2).join(" ")).sort();

export type Distance = (i: number, j: number) => number;

export const distanceOf =
  (batch: MiningBatch): Distance =>
  (i, j) =>
    batch.distances[i * batch.labels.length + j];

/** The oracle: every (a, p, n) of three loops, filtered by the definition. */
export function bruteForce(
  batch: MiningBatch,
  keep: (a: number, p: number, n: number, d: Distance) => boolean = () => true,
): string[] {
  const { size, labels } = batch;
  const kept: string[] = [];
  for (let a = 0; a < size; a++) {
    for (let p = 0; p < labels.length; p++) {
      for (let n = 0; n < labels.length; n++) {
        const valid = p !== a && labels[p] === labels[a] && labels[n] !== labels[a];
        if (valid && keep(a, p, n, distanceOf(batch))) kept.push(`${a} ${p} ${n}`);
      }
    }
  }
  return kept.sort();
}

/** Whether `chosen` is the first (smallest index on ties) of the allowed candidates by `before`. */
export function isBest(
  batch: MiningBatch,
  chosen: number,
  allowed: (candidate: number) => boolean,
  before: (candidate: number, other: number) => number,
): boolean {
  const better = (m: number): boolean => before(m, chosen) < 0 || (before(m, chosen) === 0 && m < chosen);
  return allowed(chosen) && ![...batch.labels.keys()].some((m) => allowed(m) && better(m));
}
