import { LabError } from "../core/errors";
import { createRandom, type Random } from "../core/random";
import type { DataSet, PairList, Protocol } from "./dataset";
import {
  countDifferentPairs,
  dealFolds,
  drawDifferentPairs,
  drawSamePairs,
  type Groups,
  type PairFold,
  pairListOf,
} from "./drawPairs";
import { itemsByIdentity, itemsWhere } from "./group";
import { printable } from "./names";
import { checkProtocol } from "./protocol";

export interface SplitOptions {
  /** Share of the identities that is tested; in (0, 1), default 0.3. At least two of each side always remain. */
  readonly testFraction?: number;
  /** Most same pairs that are evaluated, with as many different ones; an integer ≥ 2, default 3,000. */
  readonly maxSamePairs?: number;
  /** Any safe integer, default 1. */
  readonly seed?: number;
}

const FOLDS = 10;
/** Identities with two images that a fold of its own identities needs: below it too few different pairs exist. */
const PER_FOLD = 4;

/**
 * Splits any data set by identity: nobody is on both sides, and groups (Omniglot's alphabets) stay together. Identities
 * with two or more images and those with one are dealt apart, so that both sides get their share of each.
 *
 * Pairs: every same pair of the test side (or `maxSamePairs` of them, see `drawSamePairs`) and as many different ones,
 * none twice. Folds, for choosing the threshold on the others: ten of their own identities when the test side
 * has at least 40 identities with two images, else pairs are dealt to up to ten folds evenly and a person may be in several.
 *
 * Throws a LabError unless both sides can have two identities with two images; a RangeError for a bad option.
 */
export function splitByIdentity(dataSet: DataSet, options: SplitOptions = {}): Protocol {
  const { testFraction = 0.3, maxSamePairs = 3000, seed = 1 } = options;
  if (!(testFraction > 0 && testFraction < 1)) {
    throw new RangeError(`Cannot split by identity: testFraction must lie between 0 and 1, current value is ${testFraction}`);
  }
  if (!Number.isSafeInteger(maxSamePairs) || maxSamePairs < 2) {
    throw new RangeError(`Cannot split by identity: maxSamePairs must be an integer of at least 2, current value is ${maxSamePairs}`);
  }
  const random = createRandom(seed);
  const tested = chooseTested(dataSet, testFraction, random.fork("split"));
  const groups = itemsByIdentity(dataSet).filter((_, label) => tested.has(label));
  return checkProtocol(dataSet, {
    name: `${dataSet.name}, split by identity (${Math.round(100 * testFraction)} % tested, seed ${seed})`,
    train: itemsWhere(dataSet, (label) => !tested.has(label)),
    test: itemsWhere(dataSet, (label) => tested.has(label)),
    pairs: balancedPairs(`${dataSet.name} test pairs`, groups, maxSamePairs, random.fork("pairs")),
  });
}

/** Identities (labels) to test. Units that stay together are a group, or one identity where there are no groups. */
function chooseTested(dataSet: DataSet, fraction: number, random: Random): Set<number> {
  const images = itemsByIdentity(dataSet).map((items) => items.length);
  const units = new Map<string, number[]>();
  dataSet.identities.forEach((_, label) => {
    const unit = dataSet.groups?.[label] ?? String(label);
    units.set(unit, [...(units.get(unit) ?? []), label]);
  });
  const useful = (labels: readonly number[]): number => labels.filter((label) => images[label] > 1).length;
  const all = [...units.values()];
  const total = all.reduce((sum, unit) => sum + useful(unit), 0);
  if (total < 4) throw tooFew(dataSet, total, "");
  const tested = new Set<number>();
  const goal = Math.min(total - 2, Math.max(2, Math.round(fraction * total)));
  let taken = 0;
  for (const unit of random.shuffle(all.filter((labels) => useful(labels) > 0))) {
    if (taken >= goal) break;
    if (taken + useful(unit) > total - 2) continue;
    for (const label of unit) tested.add(label);
    taken += useful(unit);
  }
  if (taken < 2) throw tooFew(dataSet, total, ", and groups that must stay together leave none for one side");
  const singles = random.shuffle(all.filter((labels) => useful(labels) === 0));
  for (const unit of singles.slice(0, Math.round(fraction * singles.length))) for (const label of unit) tested.add(label);
  return tested;
}

function tooFew(dataSet: DataSet, useful: number, more: string): LabError {
  return new LabError(
    `Cannot split ${printable(dataSet.name)} by identity: at least 4 identities with 2 or more images are needed (2 to train, 2 to test), current value is ${useful} of ${dataSet.identities.length} identities${more}`,
  );
}

function balancedPairs(name: string, groups: Groups, most: number, random: Random): PairList {
  const useful = groups.filter((group) => group.length > 1);
  if (useful.length >= FOLDS * PER_FOLD && most >= FOLDS) return foldsOfIdentities(name, groups, most, random);
  const count = Math.min(most, countDifferentPairs(groups));
  const same = drawSamePairs(groups, count, random);
  const list = pairListOf(name, [{ same, different: drawDifferentPairs(groups, same.length, random) }]);
  const folds = Math.min(FOLDS, same.length);
  return { ...list, fold: dealFolds(list.same, folds, random), folds };
}

/** Ten sets of identities, each with its own pairs: no identity is in two folds. */
function foldsOfIdentities(name: string, groups: Groups, most: number, random: Random): PairList {
  const dealt: ArrayLike<number>[][] = Array.from({ length: FOLDS }, () => []);
  const many = random.shuffle(groups.filter((group) => group.length > 1));
  const single = random.shuffle(groups.filter((group) => group.length === 1));
  [...many, ...single].forEach((group, i) => {
    dealt[i % FOLDS].push(group);
  });
  const folds = dealt.map((own, k): PairFold => {
    const share = Math.floor((most + k) / FOLDS);
    const same = drawSamePairs(own, Math.min(share, countDifferentPairs(own)), random);
    return { same, different: drawDifferentPairs(own, same.length, random) };
  });
  return pairListOf(name, folds);
}
