import { decodeCsv } from "../core/csv";
import { LabError } from "../core/errors";
import { createRandom } from "../core/random";
import type { PairList } from "./dataset";

/** Finds the item of image `number` (1-based) of an identity by name; undefined when there is none, null when there are several. */
export type FindImage = (identity: string, number: number) => number | null | undefined;

/**
 * Parses a pair list in LFW's format: the first line is `N` (View 1: N same, then N different pairs) or `folds N` (View 2: per fold N same, then
 * N different). A same pair is `name i j`, a different pair `name i other j`, separated by tabs.
 * View 1 lists have no folds; they get ten, balanced, by a fixed shuffle (`foldSeed`), for choosing thresholds.
 * Source: http://vis-www.cs.umass.edu/lfw/README.txt. Throws a LabError that names file and line.
 */
export function parsePairs(text: string, fileName: string, find: FindImage, foldSeed: number = 0): PairList {
  const lines = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n");
  const refuse = (line: number, why: string): never => {
    throw new LabError(`Cannot read ${fileName}: line ${line}: ${why}`);
  };
  const head = lines[0].trim().split(/\s+/).map(Number);
  if (head.length > 2 || !head.every((value) => Number.isInteger(value) && value > 0)) {
    refuse(1, `one or two counts are wanted, current value is ${JSON.stringify(lines[0].slice(0, 60))}`);
  }
  const [folds, perKind] = head.length === 2 ? head : [1, head[0]];
  const count = 2 * folds * perKind;
  if (lines.length - 1 !== count) {
    refuse(
      lines.length,
      `${count} pairs are wanted after the first line, current value is ${lines.length - 1}`,
    );
  }
  const list = emptyList(fileName, count, folds);
  const imageOf = (line: number, identity: string, number: string): number => {
    const value = Number(number);
    if (!Number.isInteger(value) || value < 1)
      refuse(line, `an image number is wanted, current value is ${number}`);
    const found = find(identity, value);
    if (found === null) refuse(line, `there is more than one image ${value} of ${JSON.stringify(identity)}`);
    return found ?? refuse(line, `there is no image ${value} of ${JSON.stringify(identity)}`);
  };
  for (let p = 0; p < count; p++) {
    const line = p + 2;
    const cells = lines[p + 1].trim().split(/\t+| +/);
    const same = p % (2 * perKind) < perKind;
    if (cells.length !== (same ? 3 : 4)) {
      refuse(
        line,
        `${same ? "name, number, number" : "name, number, name, number"} are wanted, current value is ${JSON.stringify(lines[p + 1].slice(0, 80))}`,
      );
    }
    list.first[p] = imageOf(line, cells[0], cells[1]);
    list.second[p] = same ? imageOf(line, cells[0], cells[2]) : imageOf(line, cells[2], cells[3]);
    list.same[p] = same ? 1 : 0;
    list.fold[p] = Math.floor(p / (2 * perKind));
  }
  return folds > 1 ? list : withFolds(list, foldSeed);
}

/** Things that pairs are made of, by name: images or clips; `labels[i]` is the identity of the i-th. */
export interface Named {
  readonly names: readonly string[];
  readonly labels: ArrayLike<number>;
}

/**
 * Parses a pair list of either form: LFW's (see {@link parsePairs}; `Name`, 3 is an item called `Name_0003`, with or without folder and ending), or a CSV
 * with the columns `first` and `second` (names of items) and perhaps `same` (1 or 0; left out: whether the identities are equal) and `fold` (any text).
 * Without folds it gets ten, dealt by `foldSeed`. Throws a LabError that names file and line: for a name that no item has or several have,
 * and unless there are pairs of both kinds.
 */
export function parsePairList(text: string, fileName: string, items: Named, foldSeed: number = 0): PairList {
  const lfw = /^\s*\d+(\s+\d+)?\s*(\r?\n|$)/.test(text);
  const list = lfw
    ? parsePairs(text, fileName, lfwFinder(items.names), foldSeed)
    : parsePairsCsv(text, fileName, items, foldSeed);
  if (list.same.includes(1) && list.same.includes(0)) return list;
  throw new LabError(`Cannot use ${fileName}: same and different pairs are needed, one kind is missing`);
}

/** By the last part of the name without its ending. */
function lfwFinder(names: readonly string[]): FindImage {
  const bare = names.map((name) => (name.split("/").at(-1) as string).replace(/\.[A-Za-z]+$/, ""));
  const byName = positionsOf(bare);
  return (identity, number) => byName.get(`${identity}_${String(number).padStart(4, "0")}`);
}

/** Positions by name; null for a name that stands several times. */
function positionsOf(names: readonly string[]): Map<string, number | null> {
  const byName = new Map<string, number | null>();
  names.forEach((name, i) => {
    byName.set(name, byName.has(name) ? null : i);
  });
  return byName;
}

function parsePairsCsv(text: string, fileName: string, { names, labels }: Named, foldSeed: number): PairList {
  const refuse = (line: number, why: string): never => {
    throw new LabError(`Cannot read ${fileName}: line ${line}: ${why}`);
  };
  const [head = [], ...rows] = decodeCsv(text.replace(/^\uFEFF/, ""), fileName);
  const [first, second, same, fold] = ["first", "second", "same", "fold"].map((name) => head.indexOf(name));
  if (first < 0 || second < 0) {
    refuse(
      1,
      `the columns first and second, or LFW's counts, are wanted, current value is ${head.join(", ")}`,
    );
  }
  const byName = positionsOf(names);
  const list = { ...emptyList(fileName, rows.length, 1), name: fileName };
  const folds = new Map<string, number>();
  rows.forEach((row, p) => {
    if (row.length !== head.length)
      refuse(p + 2, `${head.length} cells are wanted, current value is ${row.length}`);
    const itemOf = (name: string): number => {
      const found = byName.get(name);
      if (found === null)
        refuse(p + 2, `there is more than one ${JSON.stringify(name)} among the embeddings`);
      return found ?? refuse(p + 2, `there is no ${JSON.stringify(name)} among the embeddings`);
    };
    list.first[p] = itemOf(row[first]);
    list.second[p] = itemOf(row[second]);
    const kind = same < 0 ? String(Number(labels[list.first[p]] === labels[list.second[p]])) : row[same];
    if (kind !== "1" && kind !== "0")
      refuse(p + 2, `same must be 1 or 0, current value is ${JSON.stringify(kind)}`);
    list.same[p] = Number(kind);
    if (fold < 0) return;
    list.fold[p] = folds.get(row[fold]) ?? folds.size;
    folds.set(row[fold], list.fold[p]);
  });
  return folds.size > 1 ? { ...list, folds: folds.size } : withFolds(list, foldSeed);
}

function emptyList(name: string, count: number, folds: number) {
  return {
    name,
    folds,
    first: new Int32Array(count),
    second: new Int32Array(count),
    same: new Uint8Array(count),
    fold: new Int32Array(count),
  };
}

/** Deals same and different pairs, each shuffled, to `folds` folds in turn. */
export function withFolds(list: PairList, seed: number, folds: number = 10): PairList {
  const random = createRandom(seed);
  const fold: Int32Array = new Int32Array(list.same.length);
  const dealt = Math.max(2, Math.min(folds, Math.floor(list.same.length / 2)));
  for (const kind of [1, 0]) {
    const rows: number[] = [];
    for (let p = 0; p < list.same.length; p++) if (list.same[p] === kind) rows.push(p);
    random.shuffle(rows).forEach((p, i) => {
      fold[p] = i % dealt;
    });
  }
  return { ...list, fold, folds: dealt };
}
