/** From a distance to the probability that it is one person: P(same | d) = 1 / (1 + exp(slope · d + bias)). */
export interface Calibration {
  /** Per unit of squared L2; above 0 where nearer means more alike. */
  readonly slope: number;
  readonly bias: number;
  /** Share of same pairs among those that it was fitted on: the probability before the images are seen. */
  readonly prior: number;
}

/**
 * Logistic (Platt) calibration of pair distances, by Newton steps with halving. The targets are (S + 1)/(S + 2) and 1/(D + 2) for S same and D different
 * pairs, so that separable pairs still have a finite answer.
 *
 * Source: Platt (1999); Lin, Lin, Weng (2007), "A note on Platt's probabilistic outputs", algorithm 1.
 * Throws a RangeError unless there are pairs of both kinds and every distance is finite.
 */
export function calibrate(distances: ArrayLike<number>, same: ArrayLike<number>): Calibration {
  const n = distances.length;
  let sames = 0;
  for (let p = 0; p < n; p++) {
    if (!Number.isFinite(distances[p])) {
      throw new RangeError(`Cannot calibrate: distances must be finite, current value is ${distances[p]}`);
    }
    if (same[p]) sames++;
  }
  if (same.length !== n || sames === 0 || sames === n) {
    throw new RangeError(
      `Cannot calibrate: same and different pairs are needed, current values are ${sames} and ${n - sames}`,
    );
  }
  const targets = { same: (sames + 1) / (sames + 2), different: 1 / (n - sames + 2) };
  // Steps are taken at distances of about 1, whatever their unit.
  let unit = 0;
  for (let p = 0; p < n; p++) unit += Math.abs(distances[p]) / n;
  const scaled = Float64Array.from({ length: n }, (_, p) => distances[p] / (unit || 1));
  const target = Float64Array.from({ length: n }, (_, p) => (same[p] ? targets.same : targets.different));
  const { slope, bias } = descend(scaled, target, Math.log((n - sames + 1) / (sames + 1)));
  return { slope: slope / (unit || 1), bias, prior: sames / n };
}

const STEPS = 100;
const TOLERANCE = 1e-10;

function descend(x: Float64Array, target: Float64Array, bias: number): { slope: number; bias: number } {
  let at = { slope: 0, bias };
  let loss = lossOf(x, target, at);
  for (let step = 0; step < STEPS; step++) {
    // The ridge keeps the curvature invertible; it does not move the answer.
    let [ss, sb, bb, gs, gb] = [1e-12, 0, 1e-12, 0, 0];
    for (let p = 0; p < x.length; p++) {
      const q = 1 / (1 + Math.exp(at.slope * x[p] + at.bias));
      const w = q * (1 - q);
      const error = target[p] - q;
      ss += w * x[p] * x[p];
      sb += w * x[p];
      bb += w;
      gs += error * x[p];
      gb += error;
    }
    if (Math.max(Math.abs(gs), Math.abs(gb)) < TOLERANCE * x.length) break;
    const det = ss * bb - sb * sb;
    const [ds, db] = det > 0 ? [-(bb * gs - sb * gb) / det, -(ss * gb - sb * gs) / det] : [-gs, -gb];
    let size = 1;
    let next = at;
    let nextLoss = loss;
    for (; size > 1e-10; size /= 2) {
      next = { slope: at.slope + size * ds, bias: at.bias + size * db };
      nextLoss = lossOf(x, target, next);
      if (nextLoss < loss + 1e-4 * size * (gs * ds + gb * db)) break;
    }
    if (!(nextLoss < loss)) break;
    at = next;
    loss = nextLoss;
  }
  return at;
}

/** −Σ t ln p + (1 − t) ln(1 − p), without overflow. */
function lossOf(
  x: Float64Array,
  target: Float64Array,
  at: { readonly slope: number; readonly bias: number },
): number {
  let loss = 0;
  for (let p = 0; p < x.length; p++) {
    const z = at.slope * x[p] + at.bias;
    loss += target[p] * z + Math.max(0, -z) + Math.log1p(Math.exp(-Math.abs(z)));
  }
  return loss;
}

/**
 * P(same | d). `prior` is the share of same pairs where it is used, in (0, 1); default that of the fit. Odds move by the ratio of the priors' odds:
 * at a door where one in a thousand comparisons is the same person, the same distance means less.
 */
export function probabilityOfSame(
  { slope, bias, prior: fitted }: Calibration,
  distance: number,
  prior: number = fitted,
): number {
  if (!(prior > 0 && prior < 1)) {
    throw new RangeError(
      `Cannot give a probability: the prior must lie in (0, 1), current value is ${prior}`,
    );
  }
  const logit = (p: number): number => Math.log(p / (1 - p));
  return 1 / (1 + Math.exp(slope * distance + bias - (logit(prior) - logit(fitted))));
}

/** How far probabilities can be trusted. */
export interface Reliability {
  /** Mean squared error of the probabilities; 0 is best, always saying ½ gives ¼. */
  readonly brier: number;
  /** Expected calibration error: |mean probability − share that is the same| over bins, weighted by their pairs. */
  readonly ece: number;
  /** Bins of equal width on [0, 1] that hold pairs. */
  readonly bins: readonly { readonly pairs: number; readonly probability: number; readonly share: number }[];
}

/** Reliability of probabilities on pairs that they were not fitted on. `bins` is at least 1; default 10. */
export function reliability(
  probabilities: ArrayLike<number>,
  same: ArrayLike<number>,
  bins: number = 10,
): Reliability {
  const n = probabilities.length;
  if (n === 0 || same.length !== n) {
    throw new RangeError(
      `Cannot judge probabilities: as many labels (${n}, at least 1) are needed, current value is ${same.length}`,
    );
  }
  const sums = Array.from({ length: bins }, () => ({ pairs: 0, probability: 0, share: 0 }));
  let brier = 0;
  for (let p = 0; p < n; p++) {
    const truth = same[p] ? 1 : 0;
    brier += (probabilities[p] - truth) ** 2 / n;
    const bin = sums[Math.min(bins - 1, Math.floor(probabilities[p] * bins))];
    bin.pairs++;
    bin.probability += probabilities[p];
    bin.share += truth;
  }
  const held = sums
    .filter(({ pairs }) => pairs > 0)
    .map(({ pairs, probability, share }) => ({
      pairs,
      probability: probability / pairs,
      share: share / pairs,
    }));
  const ece = held.reduce((sum, bin) => sum + (bin.pairs / n) * Math.abs(bin.probability - bin.share), 0);
  return { brier, ece, bins: held };
}
