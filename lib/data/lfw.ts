/**
 * Labeled Faces in the Wild (Huang, Ramesh, Berg, Learned-Miller 2007): 13,233 press photographs of 5,749 people, for research.
 * Never part of this repository; `facenet-lab data lfw` downloads it on request.
 */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseLandmarkFile } from "../align/landmarkFile";
import { LabError } from "../core/errors";
import { packageRoot } from "../core/folders";
import type { LongWork } from "../core/progress";
import type { DataSet, PairList, Protocol } from "./dataset";
import { loadFolder } from "./folder";
import { type FindImage, parsePairs } from "./pairs";

const LISTS = ["pairsDevTrain.txt", "pairsDevTest.txt", "pairs.txt"] as const;

/**
 * Where LFW is: FACENET_LAB_LFW, or where that is not set or empty, data/lfw of the package, when there is such a folder. Throws a LabError when
 * FACENET_LAB_LFW names nothing that is there.
 */
export function findLfw(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { FACENET_LAB_LFW: named } = env;
  const folder = named || join(packageRoot(), "data", "lfw");
  if (existsSync(folder)) return folder;
  if (!named) return undefined;
  throw new LabError(
    `Cannot find LFW: FACENET_LAB_LFW must name a folder that is there, current value is ${named}`,
  );
}

/** The path of one of LFW's lists: in the folder, beside it, or in a neighbour called `lfw-meta`. */
export function findLfwList(folder: string, name: string): string | undefined {
  const parent = dirname(resolve(folder));
  return [resolve(folder), parent, join(parent, "lfw-meta")]
    .map((place) => join(place, name))
    .find((path) => existsSync(path));
}

/** True for a folder with LFW's own layout: at least one of its lists is found. */
export function isLfw(folder: string): boolean {
  return LISTS.some(
    (name) => findLfwList(folder, name) !== undefined && existsSync(join(folder, "Aaron_Peirsol")),
  );
}

/** Loads LFW with its five-point landmarks, where `lfw_landmark.txt` is found. */
export async function loadLfw(folder: string, work: LongWork = {}): Promise<DataSet> {
  const dataSet = await loadFolder(folder, { ...work, name: "LFW" });
  const path = findLfwList(folder, "lfw_landmark.txt");
  return path ? { ...dataSet, landmarks: parseLandmarkFile(readFileSync(path, "utf8"), path) } : dataSet;
}

/**
 * View 1, for choosing things: train on all images of the identities of DevTrain's pairs, test DevTest's 1,000 pairs.
 * Differs from the official use: DevTest has no folds, so the threshold is chosen by ten folds within it.
 */
export function lfwView1(dataSet: DataSet): Protocol {
  const train = readPairs(dataSet, "pairsDevTrain.txt");
  const pairs = readPairs(dataSet, "pairsDevTest.txt");
  return protocol(
    dataSet,
    "LFW View 1 (train on DevTrain's identities, test DevTest's pairs)",
    labelsOf(dataSet, train),
    pairs,
  );
}

/**
 * View 2, for reporting: the pairs of the held-out folds (0-based; default all ten). Trains on every identity that is in none of them.
 */
export function lfwView2(dataSet: DataSet, testFolds?: readonly number[]): Protocol {
  const all = readPairs(dataSet, "pairs.txt");
  const folds = testFolds ?? Array.from({ length: all.folds }, (_, k) => k);
  for (const fold of folds) {
    if (!Number.isInteger(fold) || fold < 0 || fold >= all.folds) {
      throw new RangeError(
        `Cannot use LFW View 2: folds are 0 to ${all.folds - 1}, current value is ${fold}`,
      );
    }
  }
  const pairs = folds.length === all.folds ? all : takeFolds(all, folds);
  const tested = labelsOf(dataSet, pairs);
  const train = new Set(dataSet.identities.keys());
  for (const label of tested) train.delete(label);
  const which = folds.length === all.folds ? "" : `, folds ${folds.map((fold) => fold + 1).join(", ")}`;
  return protocol(dataSet, `LFW View 2${which} (train on all identities outside)`, train, pairs);
}

function takeFolds(list: PairList, folds: readonly number[]): PairList {
  const rows = Array.from(list.fold.keys()).filter((p) => folds.includes(list.fold[p]));
  return {
    name: list.name,
    first: Int32Array.from(rows, (p) => list.first[p]),
    second: Int32Array.from(rows, (p) => list.second[p]),
    same: Uint8Array.from(rows, (p) => list.same[p]),
    fold: Int32Array.from(rows, (p) => folds.indexOf(list.fold[p])),
    folds: folds.length,
  };
}

function readPairs(dataSet: DataSet, name: string): PairList {
  const path = dataSet.folder === undefined ? undefined : findLfwList(dataSet.folder, name);
  if (path === undefined) {
    throw new LabError(
      `Cannot use LFW's protocol: ${name} must lie in the folder, beside it or in a neighbour lfw-meta, and was not found near ${dataSet.folder}`,
    );
  }
  return parsePairs(readFileSync(path, "utf8"), path, imageFinder(dataSet));
}

/** `Name`, 3 → `Name/Name_0003.jpg`. */
function imageFinder(dataSet: DataSet): FindImage {
  const byName = new Map(dataSet.items.map((item, i) => [item.name, i]));
  return (identity, number) => byName.get(`${identity}/${identity}_${String(number).padStart(4, "0")}.jpg`);
}

function labelsOf(dataSet: DataSet, pairs: PairList): Set<number> {
  return new Set([...pairs.first, ...pairs.second].map((i) => dataSet.items[i].label));
}

function protocol(dataSet: DataSet, name: string, train: ReadonlySet<number>, pairs: PairList): Protocol {
  const tested = labelsOf(dataSet, pairs);
  for (const label of tested) {
    if (train.has(label)) {
      throw new LabError(`Cannot use ${name}: ${dataSet.identities[label]} is both trained on and tested`);
    }
  }
  const rows = (labels: ReadonlySet<number>): Int32Array =>
    Int32Array.from(dataSet.items.keys()).filter((i) => labels.has(dataSet.items[i].label));
  return { name, train: rows(train), test: rows(tested), pairs };
}
