import type { Random } from "../core/random";
import { type Interval, shareInterval } from "./bootstrap";
import type { PairSample } from "./pairSample";

/** How sure the rates at a given threshold are, for other people of the same kind. */
export interface RateIntervals {
  readonly val: Interval;
  readonly far: Interval;
}

/**
 * 95 % intervals of VAL and FAR at a threshold that was chosen elsewhere (squared L2), over resamples of identities as in `bootstrapIdentities`; the
 * threshold stays where it is. A FAR of 0 has the interval [0, 0]: resampling cannot invent an error that was not seen.
 * Throws a RangeError for fewer than ten identities.
 */
export function ratesAtThreshold(sample: PairSample, threshold: number, random: Random): RateIntervals {
  const { distances, first, second, weights, identities } = sample;
  const interval = (same: boolean): Interval => {
    const pairs = Array.from(distances.keys()).filter((p) => (first[p] === second[p]) === same);
    const of = (values: ArrayLike<number>): Float64Array => Float64Array.from(pairs, (p) => values[p]);
    const passes = Float64Array.from(pairs, (p) => (distances[p] < threshold ? 1 : 0));
    return shareInterval(passes, of(first), of(second), random, {
      weights: of(weights),
      identities,
    });
  };
  return { val: interval(true), far: interval(false) };
}
