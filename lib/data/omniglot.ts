import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { LabError, messageOf } from "../core/errors";
import { packageRoot } from "../core/folders";
import { createRandom } from "../core/random";
import { type Raster, raster } from "../image/raster";
import { readBitmapPng } from "./bitmapPng";
import type { DataItem, DataSet, Protocol } from "./dataset";
import { samplePairs } from "./split";
import { readZip } from "./zip";

/**
 * Omniglot (Lake, Salakhutdinov, Tenenbaum 2015, MIT licence): 1,623 handwritten characters of 50 alphabets, 20 drawers each, 105×105 bits.
 * `background` (30 alphabets) trains, `evaluation` (20 others) tests; 20 official runs of 20-way one-shot classification.
 */
const SIDE = 105;
const ROW_BYTES = Math.ceil(SIDE / 8);
const DRAWING_BYTES = SIDE * ROW_BYTES;
const ARCHIVES = ["images_background.zip", "images_evaluation.zip"] as const;
const RUNS = "all_runs.zip";

/** One official run: items of the single training drawing per class, test items, and for each test the index of its class. */
export interface OneShotItems {
  readonly training: readonly number[];
  readonly test: readonly number[];
  readonly answer: readonly number[];
}

/** The whole set in memory: names and bits. */
export interface OmniglotArchive {
  /** `images_background/Alphabet/character01/0709_01.png`, ascending, background first. */
  readonly names: readonly string[];
  /** One drawing after the other, 105 rows of 14 bytes; 1 is paper, 0 is ink. */
  readonly bits: Uint8Array;
  readonly runs: readonly OneShotItems[];
}

/** Where the embedded set lies. */
export function omniglotPackPath(): string {
  return join(packageRoot(), "data", "omniglot", "omniglot.pack.br");
}

/** True for a folder that holds the official archives. */
export function isOmniglot(folder: string): boolean {
  return ARCHIVES.every((name) => existsSync(join(folder, name)));
}

/** Loads the embedded set, or the official archives in `folder`. */
export function loadOmniglot(folder?: string): { dataSet: DataSet; runs: readonly OneShotItems[] } {
  const archive =
    folder === undefined
      ? unpackOmniglot(readPack(omniglotPackPath()), omniglotPackPath())
      : readOmniglotZips(folder);
  return { dataSet: toDataSet(archive, folder), runs: archive.runs };
}

/** Train on background, test on evaluation; 3,000 + 3,000 sampled pairs of different drawers, in ten folds; all pairs besides. */
export function omniglotProtocol(dataSet: DataSet, seed: number): Protocol {
  const rows = (set: string): Int32Array =>
    Int32Array.from(dataSet.items.keys()).filter((i) => dataSet.items[i].name.startsWith(`images_${set}/`));
  const test = rows("evaluation");
  return {
    name: "Omniglot (train on the 30 background alphabets, test the 20 evaluation alphabets)",
    train: rows("background"),
    test,
    pairs: samplePairs(dataSet, test, createRandom(seed).fork("omniglot pairs"), 3000),
  };
}

/** Reads the official archives. Throws a LabError for anything that they should not hold. */
export function readOmniglotZips(folder: string): OmniglotArchive {
  const names: string[] = [];
  const drawings: Uint8Array[] = [];
  for (const archive of ARCHIVES) {
    const files = readZipFile(join(folder, archive));
    for (const name of [...files.keys()].filter((entry) => entry.endsWith(".png")).sort()) {
      if (!/^images_(background|evaluation)\/[^/]+\/character\d+\/\d{4}_\d{2}\.png$/.test(name)) {
        throw new LabError(
          `Cannot read ${join(folder, archive)}: ${JSON.stringify(name)} is not a name of Omniglot`,
        );
      }
      names.push(name);
      drawings.push(bitsOf(files.get(name) as Uint8Array, name));
    }
  }
  const path = join(folder, RUNS);
  const bits = new Uint8Array(Buffer.concat(drawings));
  return { names, bits, runs: existsSync(path) ? readRuns(path, drawings) : [] };
}

function readZipFile(path: string): ReadonlyMap<string, Uint8Array> {
  try {
    return readZip(readFileSync(path), path);
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError(`Cannot read ${path}: ${messageOf(error)}`);
  }
}

function bitsOf(png: Uint8Array, name: string): Uint8Array {
  const { width, height, rows } = readBitmapPng(png, name);
  if (width === SIDE && height === SIDE) return rows;
  throw new LabError(
    `Cannot read ${name}: ${SIDE}×${SIDE} pixels are wanted, current value is ${width}×${height}`,
  );
}

/** The runs hold copies of drawings; they are found again by their bits. */
function readRuns(path: string, drawings: readonly Uint8Array[]): OneShotItems[] {
  const files = readZipFile(path);
  const byBits = new Map(drawings.map((bits, i) => [Buffer.from(bits).toString("latin1"), i]));
  const itemOf = (name: string): number => {
    const png = files.get(name);
    const item = png && byBits.get(Buffer.from(bitsOf(png, name)).toString("latin1"));
    if (item === undefined) throw new LabError(`Cannot read ${path}: ${name} is no drawing of the archives`);
    return item;
  };
  const runs = [...new Set([...files.keys()].map((name) => name.split("/")[0]))]
    .filter((name) => /^run\d+$/.test(name))
    .sort();
  return runs.map((run) => {
    const text = new TextDecoder().decode(files.get(`${run}/class_labels.txt`) ?? new Uint8Array());
    const rows = text
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/));
    const classes = rows.map(([, training]) => training).sort();
    return {
      training: classes.map(itemOf),
      test: rows.map(([test]) => itemOf(test)),
      answer: rows.map(([, training]) => classes.indexOf(training)),
    };
  });
}

/** The embedded form: a JSON header, a newline, then the bits, all in one Brotli stream. */
export function packOmniglot({ names, bits, runs }: OmniglotArchive): Uint8Array {
  const header = Buffer.from(`${JSON.stringify({ names, runs })}\n`);
  // Paper as 0: most bytes are then 0.
  const ink = bits.map((byte, i) => ~byte & (i % ROW_BYTES === ROW_BYTES - 1 ? 0x80 : 0xff));
  const body = Buffer.concat([header, ink]);
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  return brotliCompressSync(body, {
    params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24, [BROTLI_PARAM_SIZE_HINT]: body.length },
  });
}

/** The opposite of `packOmniglot`. Throws a LabError for a damaged file. */
export function unpackOmniglot(bytes: Uint8Array, name: string): OmniglotArchive {
  try {
    const body = brotliDecompressSync(bytes, { maxOutputLength: 2 ** 27 });
    const end = body.indexOf("\n");
    const header = JSON.parse(body.subarray(0, end).toString("utf8")) as Omit<OmniglotArchive, "bits">;
    const ink = body.subarray(end + 1);
    if (ink.length !== header.names.length * DRAWING_BYTES)
      throw new Error("its length does not fit its header");
    const bits: Uint8Array = new Uint8Array(ink.length);
    for (let i = 0; i < ink.length; i++) bits[i] = ~ink[i] & (i % ROW_BYTES === ROW_BYTES - 1 ? 0x80 : 0xff);
    return { ...header, bits };
  } catch (error) {
    throw new LabError(`Cannot read ${name}: ${messageOf(error)}`);
  }
}

function readPack(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new LabError(`Cannot read the embedded Omniglot ${path}: ${messageOf(error)}`);
  }
}

function toDataSet({ names, bits }: OmniglotArchive, folder?: string): DataSet {
  const identities: string[] = [];
  const labels = new Map<string, number>();
  const items = names.map((name, i): DataItem => {
    const [, alphabet, character] = name.split("/");
    const identity = `${alphabet}/${character}`;
    const label = labels.get(identity) ?? identities.push(identity) - 1;
    labels.set(identity, label);
    return {
      name,
      label,
      source: {
        // Unpacked when asked for: all drawings at once would take 358 MB.
        get image(): Raster {
          return drawing(bits, i);
        },
      },
    };
  });
  const groups = identities.map((identity) => identity.split("/")[0]);
  return { name: "Omniglot", kind: "drawings", folder, identities, items, skipped: [], groups };
}

/** Drawing `i` as it is shown: dark ink on white paper. */
function drawing(bits: Uint8Array, i: number): Raster {
  const image = raster(SIDE, SIDE, 1);
  for (let y = 0, o = 0; y < SIDE; y++) {
    const row = i * DRAWING_BYTES + y * ROW_BYTES;
    for (let x = 0; x < SIDE; x++) image.data[o++] = (bits[row + (x >> 3)] >> (7 - (x & 7))) & 1 ? 255 : 0;
  }
  return image;
}
