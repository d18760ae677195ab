/** What a FAR means for a gallery of `gallery` people when a stranger is compared with each of them. */
export interface Strangers {
  readonly gallery: number;
  /** False accepts to be expected for one stranger: N · FAR. */
  readonly expected: number;
  /** Probability that at least one passes, 1 − (1 − FAR)^N, as if comparisons were independent; they share the stranger, so it is a guide. */
  readonly atLeastOne: number;
}

/** Strangers that a threshold with this FAR lets pass. Throws a RangeError unless 0 ≤ FAR ≤ 1 and N ≥ 1. */
export function strangers(far: number, gallery: number): Strangers {
  if (!(far >= 0 && far <= 1 && Number.isInteger(gallery) && gallery >= 1)) {
    throw new RangeError(
      `Cannot count strangers: a FAR in [0, 1] and a gallery of at least 1 are needed, current values are ${far} and ${gallery}`,
    );
  }
  return { gallery, expected: gallery * far, atLeastOne: -Math.expm1(gallery * Math.log1p(-far)) };
}
