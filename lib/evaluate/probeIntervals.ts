import type { Random } from "../core/random";
import { type Interval, LEAST_IDENTITIES, shareInterval } from "./bootstrap";

/** The 95 % interval of a share of probes; `hits` has 1 or 0 for each of them. */
export type ProbeInterval = (hits: ArrayLike<number>) => Interval;

/**
 * Intervals of shares of probes over resamples of their identities; images of one person are not independent, so that intervals from counts of images (Wilson)
 * are too narrow. The gallery stays as it is. Every share sees the same resamples, so that the intervals of a CMC grow with the rank. Where no probe or every
 * probe is a hit the interval has no width: resampling cannot invent an error that was not seen, and the Wilson interval says more.
 * Undefined for fewer than ten identities.
 */
export function probeIntervals(labels: ArrayLike<number>, random: Random): ProbeInterval | undefined {
  const numbers = new Map<number, number>();
  const identity = Int32Array.from(labels, (label) => {
    const number = numbers.get(label) ?? numbers.size;
    numbers.set(label, number);
    return number;
  });
  if (numbers.size < LEAST_IDENTITIES) return undefined;
  return (hits) => shareInterval(hits, identity, identity, random.fork("resamples"));
}
