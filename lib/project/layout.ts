import type { Matrix } from "../core/matrix";
import type { Random } from "../core/random";
import type { Curve } from "./curve";
import type { FuzzySet } from "./fuzzySet";

/** Random points that each attraction is followed by, pushing away. */
const NEGATIVES = 5;
/** No coordinate moves farther at once, before the rate. */
const LARGEST_PULL = 4;

/** A layout that goes on by calls: `epoch(e)` with e = 0 … epochs − 1 moves the picture once. */
export interface Layout {
  readonly picture: Matrix;
  epoch(e: number): void;
}

/**
 * Stochastic gradient descent on the fuzzy cross entropy between the set and the picture: an edge of weight w is drawn w / w_max of the epochs; each time its
 * ends attract each other, and five random points repel its first end. The rate falls linearly from 1 to 0.
 *
 *   pull  −2ab·D^(b−1) / (1 + a·D^b),   push  2b / ((0.001 + D)(1 + a·D^b)),   times the difference, each coordinate clipped to ±4
 *
 * Source: McInnes, Healy, Melville (2018), section 4.2, Algorithm 5, and its sampling of edges by epochs. Differs from the paper: both forces come from a table
 * over the upper bits of D (relative error 2⁻¹⁰), since the powers would take most of the time. `picture` (N × axes) is moved in place.
 */
export function createLayout(
  { count, from, to, weight }: FuzzySet,
  picture: Matrix,
  curve: Curve,
  epochs: number,
  random: Random,
): Layout {
  const { data, columns: axes } = picture;
  const most = weight.reduce((a, b) => Math.max(a, b), 0);
  const used = Int32Array.from(from.keys()).filter((e) => weight[e] * epochs >= most);
  const every = Float64Array.from(used, (e) => most / weight[e]);
  const next = every.slice();
  const nextPush = every.map((period) => period / NEGATIVES);
  const { pull, push } = forces(curve);
  const places = count / 2 ** 32;
  let state = 1 + random.integer(2 ** 32 - 1);
  const bits = new Uint32Array(1);
  const value = new Float32Array(bits.buffer);
  const difference = new Float64Array(axes);

  /** Squared L2 between two points; leaves their difference behind. */
  const apart = (i: number, j: number): number => {
    let sum = 0;
    for (let c = 0; c < axes; c++) {
      const d = data[i * axes + c] - data[j * axes + c];
      difference[c] = d;
      sum += d * d;
    }
    return sum;
  };
  const lookUp = (table: Float32Array, squared: number): number => {
    value[0] = squared;
    const place = (bits[0] >>> TABLE_SHIFT) - TABLE_START;
    return table[place < 0 ? 0 : place >= table.length ? table.length - 1 : place];
  };

  const epoch = (e: number): void => {
    const rate = 1 - e / epochs;
    for (let u = 0; u < used.length; u++) {
      if (next[u] > e) continue;
      const i = from[used[u]];
      const j = to[used[u]];
      const attraction = lookUp(pull, apart(i, j));
      for (let c = 0; c < axes; c++) {
        const move = rate * clipped(attraction * difference[c]);
        data[i * axes + c] += move;
        data[j * axes + c] -= move;
      }
      next[u] += every[u];
      const period = every[u] / NEGATIVES;
      const times = Math.floor((e - nextPush[u]) / period);
      for (let t = 0; t < times; t++) {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        const k = Math.floor((state >>> 0) * places);
        if (k === i) continue;
        const repulsion = lookUp(push, apart(i, k));
        for (let c = 0; c < axes; c++) data[i * axes + c] += rate * clipped(repulsion * difference[c]);
      }
      if (times > 0) nextPush[u] += times * period;
    }
  };
  return { picture, epoch };
}

function clipped(pull: number): number {
  return pull > LARGEST_PULL ? LARGEST_PULL : pull < -LARGEST_PULL ? -LARGEST_PULL : pull;
}

/** A float32 ≥ 0 orders like its bits: exponent and 9 bits of mantissa name a place of the tables, from 2⁻³⁰ to 2²⁰. */
const TABLE_SHIFT = 14;
const OCTAVE = 2 ** (23 - TABLE_SHIFT);
const TABLE_START = (127 - 30) * OCTAVE;
const TABLE_SIZE = 50 * OCTAVE;

/** Both forces at the middle of each place. */
function forces({ a, b }: Curve): { pull: Float32Array; push: Float32Array } {
  const pull: Float32Array = new Float32Array(TABLE_SIZE);
  const push: Float32Array = new Float32Array(TABLE_SIZE);
  const middle = new Float32Array(
    Uint32Array.from(pull.keys(), (p) => (p + TABLE_START + 0.5) * 2 ** TABLE_SHIFT).buffer,
  );
  middle.forEach((squared, p) => {
    const power = squared ** b;
    pull[p] = (-2 * a * b * power) / squared / (1 + a * power);
    push[p] = (2 * b) / ((0.001 + squared) * (1 + a * power));
  });
  return { pull, push };
}
