import { z } from "zod";
import type { TrainingHistory } from "./history";

export const troubleNames = ["collapse", "flat", "stuck", "idle", "exploding", "rate"] as const;
export type TroubleName = (typeof troubleNames)[number];

/** Something that is going wrong in a run, with what usually helps. */
export interface Trouble {
  readonly name: TroubleName;
  /** The last step of the first window from which on every window showed it. */
  readonly since: number;
  /** Mean over the last window of what was judged, and the limit that it passed. */
  readonly value: number;
  readonly limit: number;
  /** It has lasted for `patience` steps and is not one that a run can live with: going on is a waste. */
  readonly hopeless: boolean;
  readonly advice: string;
}

/** What files keep of a trouble. */
export type KeptTrouble = Pick<Trouble, "name" | "since">;

/** The troubles of a run in a file; one that was written before they were kept has none. */
export const keptTroubles: z.ZodType<KeptTrouble[]> = z
  .array(z.strictObject({ name: z.enum(troubleNames), since: z.number().int() }))
  .default([]);

/** Options of {@link watchTroubles} and {@link troublesOf}. */
export interface TroubleOptions {
  /** Margin α of a triplet loss, on squared L2, above 0; a loss without one is never called stuck. */
  readonly margin?: number;
  /** Steps whose mean is judged, an integer of at least 1; default 20. A shorter history has no trouble. */
  readonly window?: number;
  /** Collapse: mean squared L2 of the negatives of a batch below this; default 0.05. Random points on a sphere have 2. */
  readonly nearest?: number;
  /** Most dimensions that a batch can fill: the embedding's, or one less than its identities. Fewer than 4 are never called flat; default no limit. */
  readonly dimensions?: number;
  /** Each batch holds all training identities: the advice then is not to put more of them into one; default false. */
  readonly allInBatch?: boolean;
  /** Steps after which a trouble that stays is hopeless, an integer of at least 1; default 300. */
  readonly patience?: number;
}

/** What is judged of a step: a row of a history. */
export type JudgedStep = Readonly<
  Record<"step" | "loss" | "activeFraction" | "meanNegative" | "batchRank" | "relativeStep", number>
>;

/** A run under watch: `see` takes its steps in order, `troubles` says what is wrong now. */
export interface TroubleWatch {
  see(step: JudgedStep): void;
  troubles(): readonly Trouble[];
}

/** A loss within this share of the margin is stuck at it. */
const STUCK = 0.01;
/** An active share below this is idle. */
const IDLE = 0.01;
/**
 * A loss of this many times the least one of the run is exploding, when it is also this share of the first window's loss above the least, above the same share
 * of the run's first loss, and above this share of the margin.
 */
const EXPLODING = 2;
const GROWN = 0.1;
const OF_MARGIN = 0.5;
/** Fewer dimensions than this are flat, where a batch can fill this many. */
const FLAT = 1.5;
const FILLABLE = 4;
/** Steps of this share of the weights' own length forget within a few steps what was learned. */
const LEAPING = 0.1;

const advices: Readonly<Record<TroubleName, string>> = {
  collapse:
    "All images lie almost in one point. Go on with semi-hard negatives, or start again with a lower rate, a warm-up or batch normalisation.",
  flat: "All images lie almost on one line. Lower the rate, add batch normalisation or more identities per batch.",
  stuck:
    "A loss that equals the margin means that positives and negatives are equally far. Lower the rate, choose easier negatives, and check the labels.",
  idle: "No triplet has a loss. Draw larger batches or choose a harder rule; when the held-out score is good, stop.",
  exploding: "The loss grows. Lower the rate or lengthen the warm-up.",
  rate: "Each step moves the weights by a large part of their own length. Lower the rate.",
};

/** Advice where each batch holds all training identities. */
const advicesAllInBatch: typeof advices = {
  ...advices,
  flat: "All images lie almost on one line. Lower the rate or add batch normalisation.",
  idle: "No triplet has a loss, and each batch holds all training identities. Choose a harder rule or bring more identities; when the held-out score is good, stop.",
};

interface Judgement {
  readonly name: TroubleName;
  readonly value: number;
  readonly limit: number;
  readonly holds: boolean;
}

/**
 * Watches a run: what is wrong in the last window of its steps, and since when. A trouble that a run has left behind is not reported.
 *
 * - `collapse`: mean squared L2 of negatives below `nearest`. Effective rank and AUC cannot tell: a cloud that shrinks keeps its shape and its order.
 * - `flat`: the embeddings of a batch fill fewer than 1.5 dimensions (participation ratio), where they could fill 4.
 * - `stuck`: |loss − α| ≤ α / 100.
 * - `idle`: less than 1 % of the triplets, pairs or examples are active. Hopeless only when it never was otherwise: a run that has learned all is idle too.
 * - `exploding`: the loss is not finite, or it is more than twice the lowest window before it, a tenth of the first window above it, and more than a tenth of the
 *   run's first loss: twice almost nothing is still almost nothing. Where there is an α, also more than α / 2: a run that has almost learned its batches has no
 *   triplet with a loss in most steps and a few in others, and their mean jumps far below α.
 * - `rate`: a step moves the weights by more than a tenth of their length. Never hopeless by itself: what it leads to is.
 *
 * Source: Schroff, Kalenichenko, Philbin (2015), section 3.2, names the collapse; the limits are ours.
 * Throws a RangeError for options out of range. O(window) per step.
 */
export function watchTroubles(options: TroubleOptions = {}): TroubleWatch {
  const {
    margin,
    window = 20,
    nearest = 0.05,
    dimensions = Number.POSITIVE_INFINITY,
    allInBatch = false,
    patience = 300,
  } = options;
  check("the window", "an integer of at least 1", Number.isInteger(window) && window >= 1, window);
  check("the margin", "above 0", margin === undefined || margin > 0, margin);
  check("the nearest distance", "above 0", nearest > 0, nearest);
  check("the dimensions", "at least 0", dimensions >= 0, dimensions);
  check("the patience", "an integer of at least 1", Number.isInteger(patience) && patience >= 1, patience);
  const recent: JudgedStep[] = [];
  const since = new Map<TroubleName, number>();
  let firstWindow: { readonly step: number; readonly loss: number } | undefined;
  let firstLoss: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  let found: readonly Trouble[] = [];

  const judge = (mean: (column: keyof JudgedStep) => number, windowLoss: number): Judgement[] => {
    const [loss, negative, rank] = [mean("loss"), mean("meanNegative"), mean("batchRank")];
    const [active, leap] = [mean("activeFraction"), mean("relativeStep")];
    const low = Math.max(GROWN * (firstLoss ?? 0), OF_MARGIN * (margin ?? 0));
    const grown = Math.max(EXPLODING * least, least + GROWN * windowLoss, low);
    const stuckAt = margin ?? Number.NaN;
    return [
      { name: "collapse", value: negative, limit: nearest, holds: negative < nearest },
      { name: "flat", value: rank, limit: FLAT, holds: dimensions >= FILLABLE && rank < FLAT },
      { name: "stuck", value: loss, limit: stuckAt, holds: Math.abs(loss - stuckAt) <= STUCK * stuckAt },
      { name: "idle", value: active, limit: IDLE, holds: active < IDLE },
      { name: "exploding", value: loss, limit: grown, holds: !(loss <= grown) },
      { name: "rate", value: leap, limit: LEAPING, holds: leap > LEAPING },
    ];
  };
  const troubleOf = ({ name, value, limit }: Judgement, step: number): Trouble => {
    const start = since.get(name) as number;
    const livable = name === "rate" || (name === "idle" && start !== firstWindow?.step);
    return {
      name,
      since: start,
      value,
      limit,
      hopeless: !livable && step - start >= patience,
      advice: (allInBatch ? advicesAllInBatch : advices)[name],
    };
  };
  return {
    troubles: () => found,
    see: (row) => {
      firstLoss ??= Number.isFinite(row.loss) ? row.loss : 0;
      recent.push(row);
      if (recent.length > window) recent.shift();
      if (recent.length < window) return;
      const mean = (column: keyof JudgedStep): number =>
        recent.reduce((sum, step) => sum + step[column], 0) / window;
      const loss = mean("loss");
      if (Number.isFinite(loss)) least = Math.min(least, loss);
      firstWindow ??= { step: row.step, loss: Number.isFinite(loss) ? loss : 0 };
      const held = judge(mean, firstWindow.loss).filter(({ name, holds }) => {
        if (!holds) since.delete(name);
        else if (!since.has(name)) since.set(name, row.step);
        return holds;
      });
      found = held.map((judgement) => troubleOf(judgement, row.step));
    },
  };
}

/** Judges a whole history as {@link watchTroubles} does: what is wrong at its end. O(steps · window). */
export function troublesOf(history: Pick<TrainingHistory, "steps">, options: TroubleOptions = {}): Trouble[] {
  const watch = watchTroubles(options);
  watchHistory(watch, history);
  return [...watch.troubles()];
}

/** Shows a watch the steps of a history. */
export function watchHistory(watch: TroubleWatch, { steps }: Pick<TrainingHistory, "steps">): void {
  steps.step.forEach((step, i) => {
    watch.see({
      step,
      loss: steps.loss[i],
      activeFraction: steps.activeFraction[i],
      meanNegative: steps.meanNegative[i],
      batchRank: steps.batchRank[i],
      relativeStep: steps.relativeStep[i],
    });
  });
}

/** A trouble in one sentence or three: its name, since when, and what helps. */
export function troubleText({ name, since, advice }: Trouble): string {
  return `${name} since step ${since}. ${advice}`;
}

function check(what: string, wanted: string, holds: boolean, value: unknown): void {
  if (!holds)
    throw new RangeError(`Cannot judge a run: ${what} must be ${wanted}, current value is ${value}`);
}
