import { grouped } from "../core/groups";
import { type Matrix, squaredL2 } from "../core/matrix";
import type { Random } from "../core/random";
import { type BlockOptions, forEachPairDistance } from "./distances";
import { pairsOfLabels } from "./pairCounts";

/** Pairs that stand for all pairs, in ascending order of distance. Pair p joins two identities, numbered from 0 (the same one twice for a same pair). */
export interface PairSample {
  /** Squared L2. */
  readonly distances: Float32Array;
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** How many pairs of its kind each one stands for; 1 where all were taken. */
  readonly weights: Float32Array;
  readonly identities: number;
}

/** Options of {@link samplePairs}. */
export interface PairSampleOptions extends BlockOptions {
  /** Pairs of each of the three parts; 1 to 500,000, default 500,000. */
  readonly most?: number;
}

/** Bits of a place in the sample when it is sorted: 2²¹ places and 31 bits of distance fit a float64. */
const PLACES = 2 ** 21;

/**
 * All pairs where they are few, else three parts: same pairs, the nearest different pairs (every one, because small FARs are decided there), and a
 * uniform draw of the other different pairs that stands for the rest. Near and rest weigh together what all different pairs weigh.
 * Equal draws may occur. Costs one pass over the pairs.
 */
export function samplePairs(
  x: Matrix,
  labels: ArrayLike<number>,
  random: Random,
  options: PairSampleOptions = {},
): PairSample {
  const { most = 500_000, ...blocks } = options;
  if (!(most >= 1 && most <= 500_000)) {
    throw new RangeError(`Cannot sample pairs: 1 to 500000 of a kind are possible, current value is ${most}`);
  }
  const groups = [...grouped(Array.from(labels).keys(), (row) => labels[row]).values()];
  const identity = new Int32Array(labels.length);
  groups.forEach((rows, id) => {
    for (const row of rows) identity[row] = id;
  });
  const pairs: Collected = { distances: [], first: [], second: [], weights: [] };
  const { different } = pairsOfLabels(labels);
  addSame(pairs, x, groups, most, random);
  if (different <= 2 * most) addNear(pairs, x, identity, Number.POSITIVE_INFINITY, blocks);
  else {
    const drawn = drawDifferent(x, identity, most, random);
    const sorted = drawn.distances.slice().sort();
    const limit = sorted[Math.floor((most * most) / different)];
    const near = addNear(pairs, x, identity, limit, blocks);
    const rest = Array.from(drawn.distances.keys()).filter((p) => drawn.distances[p] >= limit);
    for (const p of rest) {
      push(pairs, drawn.distances[p], drawn.first[p], drawn.second[p], (different - near) / rest.length);
    }
  }
  return sorted(pairs, groups.length);
}

interface Collected {
  readonly distances: number[];
  readonly first: number[];
  readonly second: number[];
  readonly weights: number[];
}

function push(pairs: Collected, distance: number, first: number, second: number, weight: number): void {
  pairs.distances.push(distance);
  pairs.first.push(first);
  pairs.second.push(second);
  pairs.weights.push(weight);
}

/** All same pairs, or `most` uniform draws. */
function addSame(
  pairs: Collected,
  x: Matrix,
  groups: readonly number[][],
  most: number,
  random: Random,
): void {
  const ends = groups.map(({ length }) => (length * (length - 1)) / 2);
  for (let id = 1; id < ends.length; id++) ends[id] += ends[id - 1];
  const count = ends[ends.length - 1] ?? 0;
  if (count <= most) {
    groups.forEach((rows, id) => {
      rows.forEach((a, i) => {
        for (const b of rows.slice(i + 1)) push(pairs, squaredL2(x, a, x, b), id, id, 1);
      });
    });
    return;
  }
  for (let draw = 0; draw < most; draw++) {
    const id = firstAbove(ends, random.integer(count));
    const rows = groups[id];
    const a = random.integer(rows.length);
    const b = (a + 1 + random.integer(rows.length - 1)) % rows.length;
    push(pairs, squaredL2(x, rows[a], x, rows[b]), id, id, count / most);
  }
}

/** Index of the first of ascending `values` that is above `value`. */
function firstAbove(values: readonly number[], value: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Every different pair nearer than `limit`; returns their number. */
function addNear(
  pairs: Collected,
  x: Matrix,
  identity: Int32Array,
  limit: number,
  blocks: BlockOptions,
): number {
  let count = 0;
  forEachPairDistance(
    x,
    (i, j, distance) => {
      if (distance >= limit || identity[i] === identity[j]) return;
      push(pairs, distance, identity[i], identity[j], 1);
      count++;
    },
    blocks,
  );
  return count;
}

/** Uniform draws of different pairs. */
function drawDifferent(
  x: Matrix,
  identity: Int32Array,
  count: number,
  random: Random,
): { distances: Float32Array; first: Int32Array; second: Int32Array } {
  const distances: Float32Array = new Float32Array(count);
  const first: Int32Array = new Int32Array(count);
  const second: Int32Array = new Int32Array(count);
  for (let p = 0; p < count; ) {
    const [i, j] = [random.integer(x.rows), random.integer(x.rows)];
    if (identity[i] === identity[j]) continue;
    distances[p] = squaredL2(x, i, x, j);
    first[p] = identity[i];
    second[p++] = identity[j];
  }
  return { distances, first, second };
}

/** Ascending by distance: bits of the distance and place in one float64 each, because numbers sort faster than places compared by a function. */
function sorted(pairs: Collected, identities: number): PairSample {
  const distances = Float32Array.from(pairs.distances);
  const bits = new Uint32Array(distances.buffer);
  const keys = Float64Array.from(bits, (value, p) => value * PLACES + p).sort();
  const order = Int32Array.from(keys, (key) => key % PLACES);
  return {
    distances: Float32Array.from(order, (p) => distances[p]),
    first: Int32Array.from(order, (p) => pairs.first[p]),
    second: Int32Array.from(order, (p) => pairs.second[p]),
    weights: Float32Array.from(order, (p) => pairs.weights[p]),
    identities,
  };
}
