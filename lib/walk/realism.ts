import { readFile } from "node:fs/promises";
import type { FaceDescriptor } from "../align/descriptor";
import { LabError, throwIfStopped } from "../core/errors";
import { grouped } from "../core/groups";
import { type Matrix, matrixFromRows, squaredL2 } from "../core/matrix";
import type { LongWork } from "../core/progress";
import { createRandom } from "../core/random";
import type { DataSet } from "../data/dataset";
import { rocCurve } from "../evaluate/roc";
import { decodeImage } from "../image/codec";
import type { Raster } from "../image/raster";
import { identityOf } from "../synthetic/identity";
import { drawNuisance } from "../synthetic/nuisance";
import { buildPerson, type Person } from "../synthetic/person";
import { personSeed } from "../synthetic/plan";
import { renderStored } from "../synthetic/renderStored";

/** How a descriptor from outside sees a set of faces. Distances are L2 of its vectors. */
export interface IdentitySpread {
  readonly identities: number;
  readonly images: number;
  readonly auc: number;
  readonly same: Float32Array;
  readonly different: Float32Array;
}

/** The descriptor's usual threshold on L2 (King 2017). */
export const USUAL_THRESHOLD = 0.6;

/** Options of the two measurements. */
export interface SpreadOptions extends LongWork {
  /** People; default 100. */
  readonly identities?: number;
  /** Pictures of each; default 8. */
  readonly images?: number;
  readonly seed?: number;
}

/** Generated people with every nuisance but occlusion, stored as JPEG, seen by the descriptor. `size` is their side in pixels, default 128. */
export function syntheticSpread(
  descriptor: FaceDescriptor,
  options: SpreadOptions & { readonly size?: number } = {},
): Promise<IdentitySpread> {
  const { identities = 100, images = 8, seed = 7, size = 128 } = options;
  let person: Person | undefined;
  return spreadOf("synthetic", descriptor, { ...options, identities, images }, (k, j) => {
    if (!person || j === 0) person = buildPerson(identityOf(personSeed(seed, k)));
    const random = createRandom(seed).fork(`spread ${k} ${j}`);
    const nuisance = drawNuisance(random.integer(2 ** 52), { occlusion: "none", years: 0 });
    return renderStored(person, nuisance, size);
  });
}

/** Real people of a data set with known landmarks: identities with enough images, chosen by the seed. */
export async function realSpread(
  dataSet: DataSet,
  descriptor: FaceDescriptor,
  options: SpreadOptions = {},
): Promise<IdentitySpread> {
  const { identities = 100, images = 8, seed = 7 } = options;
  const { landmarks } = dataSet;
  const known = dataSet.items.filter((item) => landmarks?.has(item.name));
  const byLabel = grouped(known, (item) => item.label);
  const random = createRandom(seed).fork("real");
  const enough = random.shuffle([...byLabel.values()].filter((items) => items.length >= images));
  if (enough.length < identities) {
    throw new LabError(
      `Cannot compare with ${dataSet.name}: ${identities} identities with ${images} images and landmarks are needed, current value is ${enough.length}`,
    );
  }
  const chosen = enough.slice(0, identities).map((items) => random.shuffle(items));
  return spreadOf(dataSet.name, descriptor, { ...options, identities, images }, async (k, j) => {
    const item = chosen[k][j];
    const image =
      "image" in item.source
        ? item.source.image
        : await decodeImage(await readFile(item.source.path), item.name);
    return { image, landmarks: landmarks?.get(item.name) as Float32Array };
  });
}

/** Is asked for all pictures of one identity after another, from 0 on. */
type FaceAt = (
  identity: number,
  picture: number,
) => Promise<{ readonly image: Raster; readonly landmarks: Float32Array }>;

async function spreadOf(
  name: string,
  descriptor: FaceDescriptor,
  {
    identities,
    images,
    progress,
    signal,
  }: LongWork & { readonly identities: number; readonly images: number },
  face: FaceAt,
): Promise<IdentitySpread> {
  const rows: Float32Array[] = [];
  const total = identities * images;
  for (let i = 0; i < total; i++) {
    throwIfStopped(signal, "describing faces; nothing was changed");
    const { image, landmarks } = await face(Math.floor(i / images), i % images);
    rows.push(await descriptor.describe(image, landmarks));
    progress?.({ stage: "describe", done: i + 1, total, detail: name });
  }
  return { identities, images, ...distancesOf(matrixFromRows(rows), images) };
}

/** Rows come in blocks of `images` per identity. */
function distancesOf(vectors: Matrix, images: number): Pick<IdentitySpread, "auc" | "same" | "different"> {
  const same: number[] = [];
  const different: number[] = [];
  for (let i = 0; i < vectors.rows; i++) {
    for (let j = i + 1; j < vectors.rows; j++) {
      const alike = Math.floor(i / images) === Math.floor(j / images);
      (alike ? same : different).push(Math.sqrt(squaredL2(vectors, i, vectors, j)));
    }
  }
  const truth = Uint8Array.from({ length: same.length + different.length }, (_, i) => +(i < same.length));
  const { auc } = rocCurve([...same, ...different], truth);
  return { auc, same: Float32Array.from(same), different: Float32Array.from(different) };
}

/** A spread in a few numbers: quantiles of L2, and the share of different pairs below the usual threshold. */
export interface SpreadSummary {
  readonly identities: number;
  readonly images: number;
  readonly auc: number;
  readonly same: readonly [number, number, number];
  readonly different: readonly [number, number, number];
  readonly differentBelowThreshold: number;
}

/** Quantiles are 5 %, 50 % and 95 %. */
export function summarizeSpread({ same, different, ...rest }: IdentitySpread): SpreadSummary {
  const quantiles = (values: Float32Array): [number, number, number] => {
    const sorted = values.slice().sort();
    const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
    return [at(0.05), at(0.5), at(0.95)];
  };
  const below = different.reduce((count, d) => count + (d < USUAL_THRESHOLD ? 1 : 0), 0);
  return {
    ...rest,
    same: quantiles(same),
    different: quantiles(different),
    differentBelowThreshold: below / different.length,
  };
}
