import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { LabError } from "../core/errors";
import { packageRoot } from "../core/folders";
import type { LongWork } from "../core/progress";
import { generateFaces } from "../synthetic/generate";
import { decodeManifest } from "../synthetic/manifest";
import { checkPlan, GENERATOR_VERSION, type SetPlan } from "../synthetic/plan";
import type { DataSet } from "./dataset";
import { loadFolder } from "./folder";

/** Name of every generated set. */
export const SYNTHETIC_NAME = "Synthetic faces";

/** The set that is drawn when a reader names no data: about a minute on two cores. */
export const standardPlan: SetPlan = {
  identities: 150,
  images: 10,
  size: 128,
  seed: 7,
  fixed: {},
  labelNoise: 0,
};

/** Where `facenet-lab generate --out data/synthetic` and the walk's own set lie. */
export function syntheticFolder(): string {
  return join(packageRoot(), "data", "synthetic");
}

/** Whether a folder holds a complete set of `facenet-lab generate`. */
export function isSynthetic(folder: string): boolean {
  return existsSync(join(folder, "plan.json")) && existsSync(join(folder, "manifest.csv"));
}

/**
 * Whether a folder is to be opened as a generated set: a complete one, or the package's own one that is drawn to its end. Throws a LabError for any other set that
 * `facenet-lab generate` began and did not end: what it holds so far would pass for a folder of people.
 */
export function isGenerated(folder: string): boolean {
  if (isSynthetic(folder)) return true;
  const begun = readPlan(folder) !== undefined;
  if (!begun || isOwn(folder)) return begun;
  throw new LabError(
    `Cannot read data in ${folder}: a generated set must be complete, current value is a plan.json without manifest.csv; run "facenet-lab generate --out ${folder}" again, with the options that it was begun with`,
  );
}

/**
 * The set in `folder`; the standard one (or the rest of an interrupted plan) is drawn there first when it is not complete. In the package's own
 * folder, a standard set that an older generator drew is drawn anew, so that the same seed gives the same result on every machine; any other folder is the
 * reader's, and its set is loaded as it is.
 */
export async function openSynthetic(folder: string, work: LongWork = {}): Promise<DataSet> {
  const plan = planIn(folder);
  if (plan && isOwn(folder) && isOutdated(plan)) rmSync(folder, { recursive: true });
  if (!isSynthetic(folder)) await generateFaces(plan ?? standardPlan, folder, work);
  return loadSynthetic(folder, work);
}

/** A generated set: identities as folders, and the five true points of every image from its manifest. */
export async function loadSynthetic(folder: string, work: LongWork = {}): Promise<DataSet> {
  const path = join(folder, "manifest.csv");
  const rows = decodeManifest(readFileSync(path, "utf8"), path);
  const dataSet = await loadFolder(folder, { ...work, name: SYNTHETIC_NAME });
  return {
    ...dataSet,
    skipped: dataSet.skipped.filter(({ name }) => !OWN_FILES.includes(name)),
    landmarks: new Map(rows.map(({ file, landmarks }) => [file, landmarks])),
  };
}

const OWN_FILES: readonly string[] = ["plan.json", "manifest.csv", "contact-sheet.png"];

const planSchema = z.looseObject({
  identities: z.number(),
  images: z.number(),
  size: z.number(),
  seed: z.number(),
  fixed: z.record(z.string(), z.union([z.number(), z.string()])),
  labelNoise: z.number(),
});

type StoredPlan = SetPlan & { readonly generator?: number };

function isOutdated({ generator, ...plan }: StoredPlan): boolean {
  return generator !== GENERATOR_VERSION && JSON.stringify(plan) === JSON.stringify(standardPlan);
}

function isOwn(folder: string): boolean {
  return resolve(folder) === syntheticFolder();
}

/** The plan of a set; nothing where there is none. Throws a LabError for a plan.json that is something else. */
function planIn(folder: string): StoredPlan | undefined {
  const path = join(folder, "plan.json");
  const plan = readPlan(folder);
  if (plan || !existsSync(path)) return plan;
  throw new LabError(`Cannot read ${path}: it must be the plan of a generated set; remove ${folder}`);
}

/** What plan.json says, where it is a plan. */
function readPlan(folder: string): StoredPlan | undefined {
  try {
    const text = readFileSync(join(folder, "plan.json"), "utf8");
    const plan = planSchema.parse(JSON.parse(text)) as unknown as StoredPlan;
    checkPlan(plan);
    return plan;
  } catch {
    return undefined;
  }
}
