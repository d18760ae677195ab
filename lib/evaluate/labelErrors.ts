import type { PairError } from "./pairErrors";
import { type ScoredPairs, verification } from "./verification";

/**
 * The pairs whose labels are worth a look: a protocol's errors of both kinds, the farthest beyond their threshold first (ties: the smaller index), at most `most`.
 * A suspicion is only as good as the embeddings: a weak model errs on labels that are right, so somebody has to look.
 */
export function suspectedPairs(errors: readonly PairError[], most: number = 100): number[] {
  const beyond = ({ distance, threshold }: PairError): number => Math.abs(distance - threshold);
  const ranked = [...errors].sort((a, b) => beyond(b) - beyond(a) || a.pair - b.pair);
  return ranked.slice(0, most).map(({ pair }) => pair);
}

/** What a search has found after so many looks. */
export interface LookedAt {
  readonly looks: number;
  readonly found: number;
  /** found / looks. */
  readonly precision: number;
  /** found / all that there are. */
  readonly recall: number;
}

/**
 * How well a ranking finds labels that are known to be wrong (because they were planted): one entry per look, the most suspected first.
 * Throws a RangeError when nothing is wrong, or for something that is ranked twice.
 */
export function precisionOfSearch(ranked: readonly number[], wrong: ReadonlySet<number>): LookedAt[] {
  if (wrong.size === 0 || new Set(ranked).size < ranked.length) {
    throw new RangeError(
      `Cannot judge a search: something must be wrong and nothing ranked twice, current values are ${wrong.size} wrong and ${ranked.length - new Set(ranked).size} repeated`,
    );
  }
  let found = 0;
  return ranked.map((item, i) => {
    if (wrong.has(item)) found++;
    return { looks: i + 1, found, precision: found / (i + 1), recall: found / wrong.size };
  });
}

/** Mean accuracy over the folds, and its standard error. */
export interface Score {
  readonly accuracy: number;
  readonly standardError: number;
  readonly pairs: number;
}

/** A score and what it is when the labels of some pairs are known to be wrong. */
export interface Rescored {
  /** Pairs whose label is wrong. */
  readonly wrong: number;
  readonly asLabelled: Score;
  /** With the right labels in their place, thresholds chosen anew. */
  readonly relabelled: Score;
  /** Without these pairs. */
  readonly leftOut: Score;
  /** What a judge without a single error would score on the labels as they are: nobody honest gets beyond it. */
  readonly ceiling: number;
}

/** Scores the pairs with the labels of `wrong` as they are, turned, and left out. Throws a RangeError when a fold would be left without pairs. */
export function rescore(pairs: ScoredPairs, wrong: ReadonlySet<number>): Rescored {
  const { distances, same, fold, folds } = pairs;
  const rows = Array.from({ length: distances.length }, (_, pair) => pair);
  const odd = [...wrong].find((pair) => !(pair in rows));
  if (odd !== undefined) {
    throw new RangeError(`Cannot rescore: pairs are 0 to ${rows.length - 1}, current value is ${odd}`);
  }
  const score = (kept: readonly number[], label: (pair: number) => number): Score => {
    const { accuracy, standardError } = verification({
      distances: kept.map((pair) => distances[pair]),
      same: kept.map(label),
      fold: kept.map((pair) => fold[pair]),
      folds,
    });
    return { accuracy, standardError, pairs: kept.length };
  };
  const given = (pair: number): number => same[pair];
  const ceilings = Array.from({ length: folds }, (_, k) => {
    const inside = rows.filter((pair) => fold[pair] === k);
    return inside.filter((pair) => !wrong.has(pair)).length / inside.length;
  });
  return {
    wrong: wrong.size,
    asLabelled: score(rows, given),
    relabelled: score(rows, (pair) => (wrong.has(pair) ? 1 - same[pair] : same[pair])),
    leftOut: score(
      rows.filter((pair) => !wrong.has(pair)),
      given,
    ),
    ceiling: ceilings.reduce((sum, share) => sum + share, 0) / folds,
  };
}
