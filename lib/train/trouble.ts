import type { TrainingHistory } from "./history";

export type TroubleName = "collapse" | "stuck" | "idle" | "exploding";

/** Something that is going wrong in a run, with what usually helps. */
export interface Trouble {
  readonly name: TroubleName;
  /** The last step of the first window from which on every window showed it. */
  readonly since: number;
  /** Mean over the last window of what was judged, and the limit that it passed. */
  readonly value: number;
  readonly limit: number;
  readonly advice: string;
}

/** Options of {@link troublesOf}. */
export interface TroubleOptions {
  /** Margin α of a triplet loss, on squared L2, above 0; a loss without one is never called stuck. */
  readonly margin?: number;
  /** Steps whose mean is judged, an integer of at least 1; default 20. A shorter history has no trouble. */
  readonly window?: number;
  /** Collapse: mean squared L2 of the negatives of a batch below this; default 0.05. Random points on a sphere have 2. */
  readonly nearest?: number;
}

/** A loss within this share of the margin is stuck at it. */
const STUCK = 0.01;
/** An active share below this is idle. */
const IDLE = 0.01;
/** A loss of this many times the least one of the run is exploding. */
const EXPLODING = 2;

const advices: Readonly<Record<TroubleName, string>> = {
  collapse:
    "All images lie almost in one point. Go on with semi-hard negatives, or start again with a lower rate, a warm-up or batch normalisation.",
  stuck:
    "A loss that equals the margin means that positives and negatives are equally far. Lower the rate, choose easier negatives, and check the labels.",
  idle: "No triplet has a loss. Draw larger batches or choose a harder rule; when the held-out score is good, stop.",
  exploding: "The loss grows. Lower the rate or lengthen the warm-up.",
};

/**
 * Judges a run by its history: what is wrong in the last window, and since when. A trouble that a run has left behind is not reported.
 *
 * - `collapse`: mean squared L2 of negatives below `nearest`. Effective rank and AUC cannot tell: a cloud that shrinks keeps its shape and its order.
 * - `stuck`: |loss − α| ≤ α / 100.
 * - `idle`: less than 1 % of the triplets, pairs or examples are active.
 * - `exploding`: the loss is not finite, or more than twice the lowest window before it.
 *
 * Source: Schroff, Kalenichenko, Philbin (2015), section 3.2, names the collapse; the limits are ours.
 * Throws a RangeError for options out of range. Cost O(steps).
 */
export function troublesOf(history: Pick<TrainingHistory, "steps">, options: TroubleOptions = {}): Trouble[] {
  const { margin, window = 20, nearest = 0.05 } = options;
  check("the window", "an integer of at least 1", Number.isInteger(window) && window >= 1, window);
  check("the margin", "above 0", margin === undefined || margin > 0, margin);
  check("the nearest distance", "above 0", nearest > 0, nearest);
  const { steps } = history;
  const loss = movingMeans(steps.loss, window);
  const least = lowestBefore(loss);
  const away = margin === undefined ? [] : loss.map((value) => Math.abs(value - margin));
  const exceeds = loss.map((value, i) =>
    Number.isFinite(value) ? value / least[i] : Number.POSITIVE_INFINITY,
  );
  const judge = (
    name: TroubleName,
    shown: readonly number[],
    limit: number,
    holds: (window: number) => boolean,
  ): Trouble[] => {
    let since = shown.length;
    while (since > 0 && holds(since - 1)) since--;
    if (since === shown.length) return [];
    const value = shown[shown.length - 1];
    return [{ name, since: steps.step[since + window - 1], value, limit, advice: advices[name] }];
  };
  const negatives = movingMeans(steps.meanNegative, window);
  const active = movingMeans(steps.activeFraction, window);
  return [
    ...judge("collapse", negatives, nearest, (i) => negatives[i] < nearest),
    ...(margin === undefined ? [] : judge("stuck", loss, margin, (i) => away[i] <= STUCK * margin)),
    ...judge("idle", active, IDLE, (i) => active[i] < IDLE),
    ...judge("exploding", loss, EXPLODING * (least.at(-1) ?? 0), (i) => exceeds[i] > EXPLODING),
  ];
}

/** Means of every `window` values in a row; empty when there are fewer. */
function movingMeans(values: readonly number[], window: number): number[] {
  return Array.from({ length: Math.max(0, values.length - window + 1) }, (_, i) => {
    let sum = 0;
    for (let k = i; k < i + window; k++) sum += values[k];
    return sum / window;
  });
}

/** The lowest value up to and with each place; what is not finite does not count. */
function lowestBefore(values: readonly number[]): number[] {
  let low = Number.POSITIVE_INFINITY;
  return values.map((value) => {
    if (Number.isFinite(value)) low = Math.min(low, value);
    return low;
  });
}

function check(what: string, wanted: string, holds: boolean, value: unknown): void {
  if (!holds)
    throw new RangeError(`Cannot judge a run: ${what} must be ${wanted}, current value is ${value}`);
}
