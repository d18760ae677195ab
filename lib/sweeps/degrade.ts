import type { CropSet } from "../data/dataset";
import { decodeImage, encodeJpeg } from "../image/codec";
import { type Raster, raster } from "../image/raster";
import { cropToSquare } from "../image/warp";

/** Every crop through one change of picture, which keeps its size; the set is copied. */
async function changed(crops: CropSet, change: (crop: Raster) => Raster | Promise<Raster>): Promise<CropSet> {
  const { size, channels } = crops;
  const bytes = size * size * channels;
  const data: Uint8Array = new Uint8Array(crops.data.length);
  for (let row = 0; row < crops.labels.length; row++) {
    const crop = raster(size, size, channels, crops.data.subarray(row * bytes, (row + 1) * bytes));
    data.set((await change(crop)).data, row * bytes);
  }
  return { ...crops, data };
}

/** Aligned crops as they come back from JPEG files of a quality in [1, 100]. The blocks are 8×8 pixels of the crop, so a small crop suffers more than a large one. */
export async function throughJpeg(crops: CropSet, quality: number): Promise<CropSet> {
  if (!Number.isInteger(quality) || quality < 1 || quality > 100) {
    throw new RangeError(
      `Cannot compress: the quality must be an integer in [1, 100], current value is ${quality}`,
    );
  }
  const { channels } = crops;
  return changed(crops, async (crop) =>
    decodeImage(await encodeJpeg(crop, quality), `a crop at quality ${quality}`, { channels }),
  );
}

/** Aligned crops as if the net's input of `inputSize` pixels had been only `side` pixels wide: shrunk to that, then enlarged again. */
export async function throughSize(crops: CropSet, inputSize: number, side: number): Promise<CropSet> {
  if (!Number.isInteger(side) || side < 1 || side > inputSize) {
    throw new RangeError(
      `Cannot shrink: the side must be an integer in [1, ${inputSize}], current value is ${side}`,
    );
  }
  if (side === inputSize) return crops;
  const { size } = crops;
  const small = Math.max(1, Math.round((size * side) / inputSize));
  return changed(crops, (crop) => {
    const shrunk = cropToSquare(crop, { left: 0, top: 0, side: size }, small);
    return cropToSquare(shrunk, { left: 0, top: 0, side: small }, size);
  });
}
