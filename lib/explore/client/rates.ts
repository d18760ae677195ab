import type { Epoch } from "./decode";

/** What a threshold does to all shown pairs. Shares in [0, 1], NaN where there are no such pairs. */
export interface Rates {
  readonly val: number;
  readonly far: number;
  readonly samePairs: number;
  readonly differentPairs: number;
  readonly falseRejects: number;
  readonly falseAccepts: number;
}

/** The rates at the threshold with number `index`. */
export function ratesAt({ same, different }: Pick<Epoch, "same" | "different">, index: number): Rates {
  const [samePairs, differentPairs] = [same[same.length - 1], different[different.length - 1]];
  return {
    val: same[index] / samePairs,
    far: different[index] / differentPairs,
    samePairs,
    differentPairs,
    falseRejects: samePairs - same[index],
    falseAccepts: different[index],
  };
}

/** The threshold number with the smallest difference between FAR and 1 − VAL: where a page begins that knows no better one. */
export function equalErrorIndex(epoch: Pick<Epoch, "same" | "different">): number {
  let [best, at] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < epoch.same.length; i++) {
    const { val, far } = ratesAt(epoch, i);
    const gap = Math.abs(far - (1 - val));
    if (gap < best) [best, at] = [gap, i];
  }
  return at;
}

/** Errors that a point takes part in: 0 none, 1 a false accept, 2 a false reject, 3 both. */
export function errorsOf(
  { nearestNegative, farthestPositive }: Pick<Epoch, "nearestNegative" | "farthestPositive">,
  threshold: number,
): Uint8Array {
  return Uint8Array.from(
    nearestNegative,
    (negative, i) => (negative < threshold ? 1 : 0) + (farthestPositive[i] >= threshold ? 2 : 0),
  );
}
