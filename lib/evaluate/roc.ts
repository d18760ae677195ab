/** A point of the ROC: pairs with a distance below `threshold` are accepted. */
export interface RocPoint {
  readonly threshold: number;
  /** False accept rate: accepted different pairs / different pairs. */
  readonly far: number;
  /** Validation rate (true accepts): accepted same pairs / same pairs. */
  readonly val: number;
}

export interface Roc {
  /** The whole staircase from (0, 0) to (1, 1), one point per distinct distance. */
  readonly points: readonly RocPoint[];
  /** Area under it = P(same pair nearer than different pair) + ½ P(equal), the Mann–Whitney statistic. */
  readonly auc: number;
  /** Equal error rate: where FAR = 1 − VAL, on the straight line between the two points around it. */
  readonly eer: number;
}

/** ROC of pair distances (smaller is more alike). Throws a RangeError unless both kinds of pairs are there. */
export function rocCurve(distances: ArrayLike<number>, same: ArrayLike<number>): Roc {
  const n = distances.length;
  if (same.length !== n) {
    throw new RangeError(`Cannot draw a ROC: ${n} labels are needed, current value is ${same.length}`);
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => distances[i] - distances[j]);
  const positives = order.reduce((sum, i) => sum + (same[i] ? 1 : 0), 0);
  const negatives = n - positives;
  if (positives === 0 || negatives === 0) {
    throw new RangeError(
      `Cannot draw a ROC: same and different pairs are needed, current values are ${positives} and ${negatives}`,
    );
  }
  const points: RocPoint[] = [{ threshold: distances[order[0]], far: 0, val: 0 }];
  let accepted = 0;
  let falselyAccepted = 0;
  let area = 0;
  let eer = 1;
  for (let i = 0; i < n; ) {
    const value = distances[order[i]];
    const [acceptedBefore, falseBefore] = [accepted, falselyAccepted];
    for (; i < n && distances[order[i]] === value; i++) {
      if (same[order[i]]) accepted++;
      else falselyAccepted++;
    }
    area += ((falselyAccepted - falseBefore) * (accepted + acceptedBefore)) / 2;
    const before = points[points.length - 1];
    const point = {
      threshold: i < n ? distances[order[i]] : Number.POSITIVE_INFINITY,
      far: falselyAccepted / negatives,
      val: accepted / positives,
    };
    points.push(point);
    const [gapBefore, gap] = [before.far - (1 - before.val), point.far - (1 - point.val)];
    if (gapBefore < 0 && gap >= 0)
      eer = before.far + ((point.far - before.far) * gapBefore) / (gapBefore - gap);
  }
  return { points, auc: area / (positives * negatives), eer };
}
