import { LabError } from "../core/errors";
import { createRandom } from "../core/random";
import type { DataSet, PairList } from "./dataset";
import { dealFolds } from "./drawPairs";
import { printable } from "./names";

/** Identity → image number → item index; how pair files name an image. */
export type PairLookup = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Numbers of the images `<Name>/<Name>_0001.jpg` of a data set (any number of digits and any image ending). */
export function pairLookup(dataSet: DataSet): PairLookup {
  const lookup = new Map<string, Map<number, number>>();
  for (const identity of dataSet.identities) lookup.set(identity, new Map());
  dataSet.items.forEach((item, index) => {
    const identity = dataSet.identities[item.label];
    const file = item.name.slice(identity.length + 1);
    const number = /^_(\d{1,9})\.[^.]+$/.exec(file.normalize("NFC").slice(identity.length));
    if (number !== null && file.normalize("NFC").startsWith(identity)) {
      lookup.get(identity)?.set(Number(number[1]), index);
    }
  });
  return lookup;
}

export interface View1Options {
  /** Folds that pairs are dealt to, evenly by kind; an integer ≥ 2, default 10. */
  readonly folds?: number;
  /** Seed of that dealing; any safe integer, default 0. */
  readonly seed?: number;
}

/**
 * LFW View 1 list (pairsDevTrain.txt, pairsDevTest.txt): a line `N`, then N lines `name i j` (same) and N lines
 * `name i other j` (different), separated by tabs or spaces.
 *
 * Source: Huang et al. (2007), Labeled Faces in the Wild, section 3 and its README.
 * Differs from it: View 1 has no folds; pairs are dealt to ten by a seeded shuffle, balanced, so that a threshold can
 * be chosen on nine and judged on the tenth.
 *
 * Throws a LabError naming file and line when a count, a number, a name or an image is wrong.
 */
export function parseView1(text: string, fileName: string, lookup: PairLookup, options: View1Options = {}): PairList {
  const { folds = 10, seed = 0 } = options;
  const lines = new Lines(text, fileName);
  const [count] = lines.header(1, "the number of same pairs");
  const rows = [...lines.block(count, true, lookup), ...lines.block(count, false, lookup)];
  lines.end();
  const list = listOf(fileName, rows);
  return { ...list, fold: dealFolds(list.same, folds, createRandom(seed)), folds };
}

/**
 * LFW View 2 list (pairs.txt): a line `folds N`, then for every fold N same and N different lines as in View 1. The
 * official file says `10 300`. Throws a LabError naming file and line, as `parseView1`.
 */
export function parseView2(text: string, fileName: string, lookup: PairLookup): PairList {
  const lines = new Lines(text, fileName);
  const [folds, count] = lines.header(2, "the numbers of folds and of same pairs in a fold");
  const rows: Row[] = [];
  for (let k = 0; k < folds; k++) rows.push(...lines.block(count, true, lookup), ...lines.block(count, false, lookup));
  lines.end();
  return { ...listOf(fileName, rows), fold: Int32Array.from(rows, (_, i) => Math.floor(i / (2 * count))), folds };
}

interface Row {
  readonly first: number;
  readonly second: number;
  readonly same: boolean;
}

function listOf(name: string, rows: readonly Row[]): Omit<PairList, "fold" | "folds"> {
  return {
    name,
    first: Int32Array.from(rows, (row) => row.first),
    second: Int32Array.from(rows, (row) => row.second),
    same: Uint8Array.from(rows, (row) => (row.same ? 1 : 0)),
  };
}

/** A reader that knows its line, so that every complaint can name it. */
class Lines {
  readonly #lines: readonly string[];
  readonly #fileName: string;
  #at = 0;

  constructor(text: string, fileName: string) {
    this.#lines = text.replace(/^\ufeff/, "").replace(/\s+$/, "").split(/\r\n|\r|\n/);
    this.#fileName = fileName;
  }

  header(fields: number, what: string): number[] {
    const values = this.#next(what).map((field) => this.#integer(field, what));
    if (values.length !== fields) throw this.#bad(`${fields} integers are wanted (${what}), found ${values.length}`);
    return values;
  }

  block(count: number, same: boolean, lookup: PairLookup): Row[] {
    if (count > this.#lines.length) throw this.#bad(`${count} pairs of a kind are announced, the file has ${this.#lines.length} lines`);
    const rows: Row[] = [];
    for (let i = 0; i < count; i++) {
      const wanted = same ? `same pair ${i + 1} of ${count}, "name i j"` : `different pair ${i + 1} of ${count}, "name i other j"`;
      const fields = this.#next(wanted);
      if (fields.length !== (same ? 3 : 4)) throw this.#bad(`${wanted} is wanted, found ${fields.length} fields`);
      const [name, number, last, lastNumber] = fields;
      const first = this.#image(name, number, lookup);
      const second = same ? this.#image(name, last, lookup) : this.#image(last, lastNumber, lookup);
      if (first === second) throw this.#bad("a pair must join two images, found the same one twice");
      if (!same && name.normalize("NFC") === last.normalize("NFC")) {
        throw this.#bad(`a different pair must name two identities, found ${printable(name)} twice`);
      }
      rows.push({ first, second, same });
    }
    return rows;
  }

  end(): void {
    if (this.#at === this.#lines.length) return;
    this.#at++;
    throw this.#bad(`the end is wanted: the first line announces ${this.#at - 2} pairs, found more lines`);
  }

  #next(wanted: string): string[] {
    const line = this.#lines[this.#at++];
    if (line === undefined || (line === "" && this.#at === 1)) throw this.#bad(`${wanted} is wanted, found the end of the file`);
    return line.includes("\t") ? line.split("\t").map((field) => field.trim()) : line.trim().split(/ +/);
  }

  #image(name: string, number: string, lookup: PairLookup): number {
    const images = lookup.get(name.normalize("NFC"));
    if (images === undefined) throw this.#bad(`an identity of the data set is wanted, found ${printable(name)}`);
    const found = images.get(this.#integer(number, "an image number"));
    if (found === undefined) throw this.#bad(`image ${number} of ${printable(name)} is wanted, and the data set has no such image`);
    return found;
  }

  #integer(field: string, what: string): number {
    if (!/^[1-9]\d{0,8}$/.test(field)) throw this.#bad(`a positive integer is wanted (${what}), found "${printable(field, 40)}"`);
    return Number(field);
  }

  #bad(why: string): LabError {
    return new LabError(`Cannot read ${this.#fileName}, line ${Math.min(this.#at, this.#lines.length + 1)}: ${why}`);
  }
}
