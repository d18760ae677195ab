import { LabError } from "../core/errors";
import { grouped } from "../core/groups";
import { createRandom, type Random } from "../core/random";
import type { DataSet, PairList, Protocol } from "./dataset";
import { withFolds } from "./pairs";

/** Options of {@link splitByIdentity}. */
export interface SplitOptions {
  /** Share of the identities (or groups) that are tested, in (0, 1); default 0.3. */
  readonly testFraction?: number;
  /** Any integer; default 1. */
  readonly seed?: number;
  /** Most same pairs that are scored one by one; default 3,000. All pairs are evaluated besides. */
  readonly mostSamePairs?: number;
}

/** Identities with two images that each side needs: fewer give no positive or no negative pair. */
const LEAST = 2;

/**
 * Splits a data set by identity: who trains is never tested. Groups (Omniglot's alphabets) stay together. Identities with one image are dealt too:
 * they serve as negatives. Throws a LabError when one side would have fewer than two identities with two images.
 */
export function splitByIdentity(dataSet: DataSet, options: SplitOptions = {}): Protocol {
  const { testFraction = 0.3, seed = 1, mostSamePairs = 3000 } = options;
  if (!(testFraction > 0 && testFraction < 1)) {
    throw new RangeError(
      `Cannot split: the test fraction must lie in (0, 1), current value is ${testFraction}`,
    );
  }
  const random = createRandom(seed).fork("split");
  const sizes = new Int32Array(dataSet.identities.length);
  for (const item of dataSet.items) sizes[item.label]++;
  const usable = sizes.reduce((sum, size) => sum + (size > 1 ? 1 : 0), 0);
  if (usable < 2 * LEAST) {
    throw new LabError(
      `Cannot split ${dataSet.name} by identity: at least ${2 * LEAST} identities with two or more images are needed (two to train, two to test), current value is ${usable} of ${dataSet.identities.length}`,
    );
  }
  const tested = chooseTested(dataSet, sizes, testFraction, usable, random);
  const rows = (test: boolean): Int32Array =>
    Int32Array.from(dataSet.items.keys()).filter((i) => tested.has(dataSet.items[i].label) === test);
  const test = rows(true);
  const share = Math.round(100 * testFraction);
  return {
    name: `${dataSet.name}: identities split, ${100 - share} % train, ${share} % test (seed ${seed})`,
    train: rows(false),
    test,
    pairs: samplePairs(dataSet, test, random, mostSamePairs),
  };
}

/** Deals shuffled groups to the test side until its share of usable identities is reached, leaving both sides enough. */
function chooseTested(
  dataSet: DataSet,
  sizes: Int32Array,
  testFraction: number,
  usable: number,
  random: Random,
): Set<number> {
  const groups = grouped(dataSet.identities.keys(), (id) => dataSet.groups?.[id] ?? String(id));
  const wanted = Math.max(LEAST, Math.min(usable - LEAST, Math.round(usable * testFraction)));
  const tested = new Set<number>();
  let taken = 0;
  for (const ids of random.shuffle([...groups.values()])) {
    const inside = ids.filter((id) => sizes[id] > 1).length;
    if (taken >= wanted || taken + inside > usable - LEAST) continue;
    for (const id of ids) tested.add(id);
    taken += inside;
  }
  if (taken >= LEAST) return tested;
  throw new LabError(
    `Cannot split ${dataSet.name}: at least two groups are needed, current value is ${groups.size}`,
  );
}

/**
 * Same pairs of the given items (all of them, or a random choice of `most`) and as many different pairs, none twice, in ten balanced folds.
 */
export function samplePairs(
  dataSet: { readonly items: readonly { readonly label: number }[] },
  rows: Int32Array,
  random: Random,
  most: number,
  allowed: (first: number, second: number) => boolean = () => true,
): PairList {
  const byLabel = new Map<number, number[]>();
  for (const row of rows) {
    const { label } = dataSet.items[row];
    const list = byLabel.get(label);
    if (list) list.push(row);
    else byLabel.set(label, [row]);
  }
  const seen = new Set<number>();
  const total = dataSet.items.length;
  const same: [number, number][] = [];
  const different: [number, number][] = [];
  const keep = (into: [number, number][], a: number, b: number): void => {
    const key = Math.min(a, b) * total + Math.max(a, b);
    if (a === b || seen.has(key) || !allowed(a, b)) return;
    seen.add(key);
    into.push([a, b]);
  };
  const lists = [...byLabel.values()].filter((list) => list.length > 1);
  const available = lists.reduce((sum, list) => sum + (list.length * (list.length - 1)) / 2, 0);
  if (available <= 4 * most) {
    for (const list of lists) {
      for (let i = 0; i < list.length; i++) {
        for (let j = i + 1; j < list.length; j++) keep(same, list[i], list[j]);
      }
    }
    random.shuffle(same).splice(most);
  } else {
    // Each identity with the same chance, so that one with many images does not fill the list.
    for (let tries = 0; same.length < most && tries < 100 * most; tries++) {
      const list = lists[random.integer(lists.length)];
      keep(same, list[random.integer(list.length)], list[random.integer(list.length)]);
    }
  }
  for (let tries = 0; different.length < same.length && tries < 1000 * same.length; tries++) {
    const [a, b] = [rows[random.integer(rows.length)], rows[random.integer(rows.length)]];
    if (dataSet.items[a].label !== dataSet.items[b].label) keep(different, a, b);
  }
  const pairs = [...same, ...different];
  return withFolds(
    {
      name: "sampled pairs",
      first: Int32Array.from(pairs, (pair) => pair[0]),
      second: Int32Array.from(pairs, (pair) => pair[1]),
      same: Uint8Array.from(pairs, (_, i) => (i < same.length ? 1 : 0)),
      fold: new Int32Array(pairs.length),
      folds: 1,
    },
    random.integer(2 ** 31),
  );
}
