import { readFile } from "node:fs/promises";
import { LabError } from "../core/errors";
import { openDataSet } from "../data/open";
import { cropOf, toSquare } from "../figures/sprites";
import { decodeImage } from "../image/codec";
import type { Raster } from "../image/raster";
import type { CommandContext } from "./command";
import type { EmbeddingSource } from "./embeddingSource";

/** Pixels of a picture that is read from a data set. */
const SIDE = 96;

/**
 * Pictures of some rows: the crops that were embedded, or the images of --data by name, as they lie on the disk. Empty where neither is there.
 * Throws a LabError when the data set has none of the names.
 */
export async function rowPictures(
  context: CommandContext,
  { crops, names }: EmbeddingSource,
  rows: readonly number[],
): Promise<Map<number, Raster>> {
  const wanted = [...new Set(rows)];
  if (crops) return new Map(wanted.map((row) => [row, cropOf(crops, row)]));
  const data = context.text("data");
  if (data === undefined || !names || wanted.length === 0) return new Map();
  const { progress, signal } = context;
  const { dataSet } = await openDataSet(data, { progress, signal });
  const items = new Map(dataSet.items.map((item) => [item.name, item]));
  const pictures = new Map<number, Raster>();
  for (const row of wanted) {
    const item = items.get(names[row]);
    if (!item) continue;
    const { source } = item;
    const image =
      "image" in source ? source.image : await decodeImage(await readFile(source.path), item.name);
    pictures.set(row, toSquare(image, SIDE));
  }
  if (pictures.size === 0) {
    throw new LabError(
      `Cannot show the hardest pairs: ${data} must hold their images, it has none of the names, for example ${names[wanted[0]]}`,
    );
  }
  return pictures;
}
