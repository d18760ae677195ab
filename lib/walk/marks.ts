import { decodeCsv, encodeCsv } from "../core/csv";
import { LabError } from "../core/errors";
import type { PairList } from "../data/dataset";

/** What a reader says of a pair's label after looking. */
export type Mark = "wrong" | "right";

/** Pairs as they stand in the file of suspects. */
export interface Suspect {
  readonly first: string;
  readonly second: string;
  readonly same: boolean;
  /** Squared L2. */
  readonly distance: number;
  readonly mark?: Mark;
}

const HEAD = ["mark", "labelled", "squared_l2", "first", "second"];

/** Suspects as CSV: an empty first column waits for `wrong` or `right`. */
export function encodeSuspects(suspects: readonly Suspect[]): string {
  const rows = suspects.map(({ mark, same, distance, first, second }) => [
    mark ?? "",
    same ? "same" : "different",
    distance.toFixed(4),
    first,
    second,
  ]);
  return encodeCsv([HEAD, ...rows]);
}

/**
 * The marks of such a file, by index into `pairs`; rows without a mark are passed over, the order of a pair's images does not matter. `names` are the images that
 * the pairs count. Throws a LabError that names file and line for another mark, a missing column or a pair that is not in the list.
 */
export function decodeMarks(
  text: string,
  fileName: string,
  pairs: Pick<PairList, "first" | "second">,
  names: readonly string[],
): Map<number, Mark> {
  const [head = [], ...rows] = decodeCsv(text.replace(/^\ufeff/, ""), fileName);
  const [mark, first, second] = ["mark", "first", "second"].map((name) => {
    const column = head.indexOf(name);
    if (column < 0) throw new LabError(`Cannot read ${fileName}: line 1: a column ${name} is wanted`);
    return column;
  });
  const key = (a: string, b: string): string => JSON.stringify(a < b ? [a, b] : [b, a]);
  const known = new Map(
    Array.from(pairs.first, (row, pair) => [key(names[row], names[pairs.second[pair]]), pair]),
  );
  const marks = new Map<number, Mark>();
  for (const [i, row] of rows.entries()) {
    const given = (row[mark] ?? "").trim();
    if (given === "") continue;
    const refuse = (why: string): never => {
      throw new LabError(`Cannot read ${fileName}: line ${i + 2}: ${why}`);
    };
    if (given !== "wrong" && given !== "right") {
      return refuse(
        `a mark is wrong, right or empty, current value is ${JSON.stringify(given.slice(0, 40))}`,
      );
    }
    const pair = known.get(key(row[first] ?? "", row[second] ?? ""));
    if (pair === undefined) return refuse(`this pair is not in the protocol's list`);
    marks.set(pair, given);
  }
  return marks;
}
