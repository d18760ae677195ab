import { LabError } from "../core/errors";
import { createRandom } from "../core/random";
import type { PairList } from "./dataset";

/** Finds the item of image `number` (1-based) of an identity by name; undefined when there is none. */
export type FindImage = (identity: string, number: number) => number | undefined;

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
    return find(identity, value) ?? refuse(line, `there is no image ${value} of ${JSON.stringify(identity)}`);
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
