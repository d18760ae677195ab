import type { Random } from "../core/random";
import type { PairList } from "./dataset";

/** Two item indices that belong together in a list of pairs. */
export type Pair = readonly [first: number, second: number];

/** Whether two items may stand in one pair, beside the rule of identity (Omniglot: their drawers differ). */
export type MayPair = (first: number, second: number) => boolean;

/** Item indices by identity: `groups[i]` are the items of one identity. */
export type Groups = ReadonlyArray<ArrayLike<number>>;

/** Number of unordered pairs within identities. */
export function countSamePairs(groups: Groups): number {
  return groups.reduce((sum, group) => sum + (group.length * (group.length - 1)) / 2, 0);
}

/** Number of unordered pairs across identities. */
export function countDifferentPairs(groups: Groups): number {
  const all = groups.reduce((sum, group) => sum + group.length, 0);
  return (all * (all - 1)) / 2 - countSamePairs(groups);
}

/**
 * Up to `count` different pairs of one identity, none twice. When there are more, an identity is drawn evenly among
 * those with pairs left and then a pair of it, so that one person with 500 photographs does not fill the list (LFW
 * View 2 was drawn by the same rule). Cost: all pairs of an identity are listed once it is drawn.
 */
export function drawSamePairs(groups: Groups, count: number, random: Random, may: MayPair = () => true): Pair[] {
  const open = groups.filter((group) => group.length > 1);
  const left = new Map<number, Pair[]>();
  const pairs: Pair[] = [];
  while (pairs.length < count && open.length > 0) {
    const at = random.integer(open.length);
    const key = open[at][0];
    let rest = left.get(key);
    if (rest === undefined) left.set(key, (rest = random.shuffle(pairsWithin(open[at], may))));
    const pair = rest.pop();
    if (pair !== undefined) pairs.push(pair);
    if (rest.length === 0) open.splice(at, 1);
  }
  return pairs;
}

function pairsWithin(group: ArrayLike<number>, may: MayPair): Pair[] {
  const pairs: Pair[] = [];
  for (let i = 0; i < group.length; i++) {
    for (let j = i + 1; j < group.length; j++) if (may(group[i], group[j])) pairs.push([group[i], group[j]]);
  }
  return pairs;
}

/**
 * Up to `count` pairs across identities, none twice: two identities drawn evenly, then an item of each. When nearly
 * all possible pairs are wanted, all are listed and shuffled instead, so it always ends.
 */
export function drawDifferentPairs(groups: Groups, count: number, random: Random, may: MayPair = () => true): Pair[] {
  const filled = groups.filter((group) => group.length > 0);
  if (filled.length < 2 || count < 1) return [];
  const taken = new Set<string>();
  const pairs: Pair[] = [];
  for (let tries = 0; pairs.length < count && tries < 20 * count; tries++) {
    const a = random.integer(filled.length);
    const b = (a + 1 + random.integer(filled.length - 1)) % filled.length;
    const pair = ordered(filled[a][random.integer(filled[a].length)], filled[b][random.integer(filled[b].length)]);
    const key = `${pair[0]},${pair[1]}`;
    if (taken.has(key) || !may(pair[0], pair[1])) continue;
    taken.add(key);
    pairs.push(pair);
  }
  if (pairs.length === count) return pairs;
  const rest = random.shuffle(pairsAcross(filled, may).filter(([i, j]) => !taken.has(`${i},${j}`)));
  return pairs.concat(rest.slice(0, count - pairs.length));
}

function pairsAcross(groups: Groups, may: MayPair): Pair[] {
  const pairs: Pair[] = [];
  for (let a = 0; a < groups.length; a++) {
    for (let b = a + 1; b < groups.length; b++) {
      for (let i = 0; i < groups[a].length; i++) {
        for (let j = 0; j < groups[b].length; j++) {
          if (may(groups[a][i], groups[b][j])) pairs.push(ordered(groups[a][i], groups[b][j]));
        }
      }
    }
  }
  return pairs;
}

function ordered(a: number, b: number): Pair {
  return a < b ? [a, b] : [b, a];
}

/** One fold of a list: its same and its different pairs. */
export interface PairFold {
  readonly same: readonly Pair[];
  readonly different: readonly Pair[];
}

/** A list of pairs from its folds; fold by fold, same pairs first. */
export function pairListOf(name: string, folds: readonly PairFold[]): PairList {
  const rows = folds.flatMap((fold, k) => [
    ...fold.same.map((pair) => ({ pair, same: 1, k })),
    ...fold.different.map((pair) => ({ pair, same: 0, k })),
  ]);
  return {
    name,
    first: Int32Array.from(rows, (row) => row.pair[0]),
    second: Int32Array.from(rows, (row) => row.pair[1]),
    same: Uint8Array.from(rows, (row) => row.same),
    fold: Int32Array.from(rows, (row) => row.k),
    folds: folds.length,
  };
}

/**
 * A fold per pair, for choosing the threshold on the others: same pairs and different pairs are shuffled apart and
 * dealt in turn, so that every fold holds the same number of each (± 1).
 */
export function dealFolds(same: ArrayLike<number>, folds: number, random: Random): Int32Array {
  if (!Number.isInteger(folds) || folds < 2) {
    throw new RangeError(`Cannot deal pairs to folds: at least 2 folds are needed, current value is ${folds}`);
  }
  const result: Int32Array = new Int32Array(same.length);
  for (const kind of [1, 0]) {
    const places: number[] = [];
    for (let i = 0; i < same.length; i++) if (same[i] === kind) places.push(i);
    random.shuffle(places);
    places.forEach((place, i) => {
      result[place] = i % folds;
    });
  }
  return result;
}
