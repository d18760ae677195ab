import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeFolderAtomic } from "../core/files";
import { matrix } from "../core/matrix";
import { encodeNpy } from "../core/npy";
import type { CropSet } from "../data/dataset";
import { contactSheet } from "../figures/sprites";
import { encodePng } from "../image/codec";
import { type Raster, raster } from "../image/raster";
import { normalization } from "../train/augment";
import type { TrainingRun } from "../train/trainer";

const FILES = ["batch.png", "inputs.npy", "trouble.json"] as const;

/**
 * Keeps the last batch of a run that failed: `batch.png` (the net's inputs as pictures, in rows), `inputs.npy` (N×S×S×C floats, as the net saw them) and
 * `trouble.json` (what happened, and name, identity and class of each image). Written whole or not at all, over an older one. Throws a LabError when it
 * cannot be written.
 */
export async function saveTroubleBatch(
  folder: string,
  run: TrainingRun,
  crops: CropSet,
  what: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { lastBatch, spec, settings } = run;
  if (!lastBatch) return;
  const { images, labels, rows } = lastBatch;
  const { inputSize: size, channels } = spec;
  const values = size * size * channels;
  const pictures = Array.from(rows.keys(), (i) =>
    pictureOf(images.subarray(i * values, (i + 1) * values), size, channels),
  );
  const png = await encodePng(contactSheet(pictures, Math.ceil(Math.sqrt(rows.length)), size));
  const facts = {
    ...what,
    net: spec.name,
    settings,
    images: Array.from(rows, (row, i) => ({
      name: crops.names[row],
      identity: crops.identities[crops.labels[row]],
      class: labels[i],
    })),
  };
  writeFolderAtomic(folder, FILES, (temporary) => {
    const [picture, inputs, json] = FILES.map((file) => join(temporary, file));
    writeFileSync(picture, png);
    const shape = [rows.length, size, size, channels];
    writeFileSync(inputs, encodeNpy(matrix(rows.length, values, images), { shape }));
    writeFileSync(json, `${JSON.stringify(facts, null, 2)}\n`);
  });
}

/** A net's input as a picture: the normalisation undone; what is not finite is black. */
function pictureOf(values: Float32Array, size: number, channels: 1 | 3): Raster {
  const { offset, scale } = normalization;
  const pixels = Uint8ClampedArray.from(values, (value) => value / scale + offset);
  return raster(size, size, channels, new Uint8Array(pixels.buffer));
}
