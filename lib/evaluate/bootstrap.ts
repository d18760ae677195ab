import type { Random } from "../core/random";
import type { PairSample } from "./pairSample";

export type Interval = readonly [number, number];

/** Percentile intervals over resamples of identities. */
export interface BootstrapResult {
  readonly auc: Interval;
  readonly points: readonly { readonly far: number; readonly val: Interval; readonly threshold: Interval }[];
  /** Resamples that had same and different pairs. */
  readonly resamples: number;
  readonly identities: number;
}

/** Options of {@link bootstrapIdentities} and {@link shareInterval}. */
export interface BootstrapOptions {
  /** At least 20; default 200. */
  readonly resamples?: number;
  /** Probability that the interval aims at, in (0, 1); default 0.95. */
  readonly level?: number;
}

/** Fewer identities than this say nothing about others. */
export const LEAST_IDENTITIES = 10;

/**
 * Intervals of AUC, VAL and threshold for other people of the same kind: identities are drawn with replacement, and a pair counts as often as both
 * of its identities were drawn. Two copies of one identity make no different pair. Images of one person and pairs that share a person are not
 * independent; a bootstrap over pairs, or an interval from counts, would be far too narrow.
 *
 * Source: Bolle, Ratha, Pankanti (2004), "Error analysis of pattern recognition systems: the subsets bootstrap", here with persons as subsets.
 * Throws a RangeError for fewer than `LEAST_IDENTITIES` identities, or when most resamples lack one kind of pairs.
 */
export function bootstrapIdentities(
  sample: PairSample,
  fars: readonly number[],
  random: Random,
  options: BootstrapOptions = {},
): BootstrapResult {
  const { resamples = 200, level = 0.95 } = options;
  check(sample.identities, resamples, level);
  const ascending = [...fars].sort((a, b) => a - b);
  const aucs: number[] = [];
  const vals: number[][] = fars.map(() => []);
  const thresholds: number[][] = fars.map(() => []);
  const scratch = new Float64Array(sample.distances.length);
  for (let r = 0; r < resamples; r++) {
    const drawn = drawIdentities(sample.identities, random);
    const totals = weigh(sample, drawn, scratch);
    if (totals.same === 0 || totals.different === 0) continue;
    const { area, places } = climbWeighted(sample, scratch, totals, ascending);
    aucs.push(area);
    fars.forEach((far, i) => {
      const place = places[ascending.indexOf(far)];
      vals[i].push(place.val);
      thresholds[i].push(place.threshold);
    });
  }
  if (aucs.length < resamples / 2) {
    throw new RangeError(
      `Cannot bootstrap: same and different pairs are needed in most resamples, current value is ${aucs.length} of ${resamples}`,
    );
  }
  return {
    auc: percentiles(aucs, level),
    points: fars.map((far, i) => ({
      far,
      val: percentiles(vals[i], level),
      threshold: percentiles(thresholds[i], level),
    })),
    resamples: aucs.length,
    identities: sample.identities,
  };
}

/** Options of {@link shareInterval}. */
export interface ShareOptions extends BootstrapOptions {
  /** What each value stands for; default 1 each. */
  readonly weights?: ArrayLike<number>;
  /** How many identities there are, also those without a pair; default as many as the pairs name. */
  readonly identities?: number;
}

/**
 * The interval of a mean over listed pairs (for example 1 where the decision was right, 0 where not), over resamples of identities as in
 * {@link bootstrapIdentities}. Pair p joins identities first[p] and second[p], numbered from 0; an image is a pair of its identity with itself.
 */
export function shareInterval(
  values: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  random: Random,
  options: ShareOptions = {},
): Interval {
  const { resamples = 200, level = 0.95, weights } = options;
  let identities = options.identities ?? 0;
  for (let p = 0; p < values.length; p++) identities = Math.max(identities, first[p] + 1, second[p] + 1);
  check(values.length > 0 ? identities : 0, resamples, level);
  const means: number[] = [];
  while (means.length < resamples) {
    const drawn = drawIdentities(identities, random);
    let [sum, weight] = [0, 0];
    for (let p = 0; p < values.length; p++) {
      const times = first[p] === second[p] ? drawn[first[p]] : drawn[first[p]] * drawn[second[p]];
      const w = weights ? weights[p] * times : times;
      sum += w * values[p];
      weight += w;
    }
    if (weight > 0) means.push(sum / weight);
  }
  return percentiles(means, level);
}

function check(identities: number, resamples: number, level: number): void {
  if (identities < LEAST_IDENTITIES) {
    throw new RangeError(
      `Cannot bootstrap: at least ${LEAST_IDENTITIES} identities are needed, current value is ${identities}`,
    );
  }
  if (!Number.isInteger(resamples) || resamples < 20) {
    throw new RangeError(`Cannot bootstrap: at least 20 resamples are needed, current value is ${resamples}`);
  }
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`Cannot bootstrap: the level must lie in (0, 1), current value is ${level}`);
  }
}

/** How often each identity is drawn in as many draws as there are identities. */
function drawIdentities(identities: number, random: Random): Uint16Array {
  const drawn = new Uint16Array(identities);
  for (let i = 0; i < identities; i++) drawn[random.integer(identities)]++;
  return drawn;
}

/** Writes each pair's weight in a resample; returns the totals of both kinds. */
function weigh(
  { first, second, weights }: PairSample,
  drawn: Uint16Array,
  into: Float64Array,
): { same: number; different: number } {
  let [same, different] = [0, 0];
  for (let p = 0; p < into.length; p++) {
    const a = first[p];
    const b = second[p];
    const w = a === b ? weights[p] * drawn[a] : weights[p] * drawn[a] * drawn[b];
    into[p] = w;
    if (a === b) same += w;
    else different += w;
  }
  return { same, different };
}

/** As over all pairs, but with weights: the threshold of a FAR is the first different distance that would exceed it. */
function climbWeighted(
  { distances, first, second }: PairSample,
  weights: Float64Array,
  totals: { readonly same: number; readonly different: number },
  fars: readonly number[],
): { area: number; places: { val: number; threshold: number }[] } {
  const places: { val: number; threshold: number }[] = [];
  let [accepts, falseAccepts, area, next] = [0, 0, 0, 0];
  let limit = fars.length > 0 ? fars[0] * totals.different * (1 + 1e-12) : Number.POSITIVE_INFINITY;
  for (let p = 0; p < distances.length; ) {
    const value = distances[p];
    let [same, different] = [0, 0];
    for (; p < distances.length && distances[p] === value; p++) {
      if (first[p] === second[p]) same += weights[p];
      else different += weights[p];
    }
    for (
      ;
      falseAccepts + different > limit;
      limit = (fars[next] ?? Infinity) * totals.different * (1 + 1e-12)
    ) {
      places.push({ val: accepts / totals.same, threshold: value });
      next++;
    }
    area += different * (accepts + same / 2);
    accepts += same;
    falseAccepts += different;
  }
  // Rounding of the sums may leave a FAR just below 1 without its place.
  const last = distances[distances.length - 1];
  while (places.length < fars.length) places.push({ val: 1, threshold: last });
  return { area: area / (totals.same * totals.different), places };
}

/** The middle `level` of the values, by order statistics. */
function percentiles(values: readonly number[], level: number): Interval {
  const ascending = Float64Array.from(values).sort();
  const cut = Math.floor(((1 - level) / 2) * ascending.length);
  return [ascending[cut], ascending[ascending.length - 1 - cut]];
}
