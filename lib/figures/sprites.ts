import type { CropSet } from "../data/dataset";
import { encodeJpeg } from "../image/codec";
import { type Raster, raster, withChannels } from "../image/raster";
import { cropToSquare } from "../image/warp";

/** A sheet of thumbnails: image `i` lies at column i % columns, row ⌊i / columns⌋, each `side` pixels. */
export interface SpriteSheet {
  /** `data:image/jpeg;base64,…` */
  readonly uri: string;
  readonly columns: number;
  readonly side: number;
  readonly count: number;
}

/** One crop of a set as a picture. */
export function cropOf(crops: CropSet, row: number): Raster {
  const bytes = crops.size * crops.size * crops.channels;
  return raster(crops.size, crops.size, crops.channels, crops.data.subarray(row * bytes, (row + 1) * bytes));
}

/** Puts crops side by side into one JPEG. */
export async function spriteSheet(
  crops: CropSet,
  rows: ArrayLike<number>,
  options: { readonly side?: number; readonly quality?: number; readonly columns?: number } = {},
): Promise<SpriteSheet> {
  const { side = 48, quality = 80 } = options;
  const columns = options.columns ?? Math.max(1, Math.ceil(Math.sqrt(rows.length)));
  const sheet = contactSheet(
    Array.from({ length: rows.length }, (_, i) => cropOf(crops, rows[i])),
    columns,
    side,
  );
  return { uri: await jpegUri(sheet, quality), columns, side, count: rows.length };
}

/** Pictures in rows of `columns`, each scaled to side × side; empty places are white. */
export function contactSheet(pictures: readonly Raster[], columns: number, side: number): Raster {
  const lines = Math.max(1, Math.ceil(pictures.length / columns));
  const channels = pictures.some((picture) => picture.channels === 3) ? 3 : 1;
  const width = columns * side;
  const sheet = raster(
    width,
    lines * side,
    channels,
    new Uint8Array(width * lines * side * channels).fill(255),
  );
  pictures.forEach((picture, i) => {
    const tile = withChannels(toSquare(picture, side), channels);
    const left = (i % columns) * side;
    const top = Math.floor(i / columns) * side;
    for (let y = 0; y < side; y++) {
      const line = tile.data.subarray(y * side * channels, (y + 1) * side * channels);
      sheet.data.set(line, ((top + y) * width + left) * channels);
    }
  });
  return sheet;
}

/** The largest centred square of a picture, scaled. */
export function toSquare(picture: Raster, side: number): Raster {
  if (picture.width === side && picture.height === side) return picture;
  const inner = Math.min(picture.width, picture.height);
  const box = { left: (picture.width - inner) / 2, top: (picture.height - inner) / 2, side: inner };
  return cropToSquare(picture, box, side);
}

/** A picture as a `data:` address. */
export async function jpegUri(image: Raster, quality: number = 85): Promise<string> {
  return `data:image/jpeg;base64,${Buffer.from(await encodeJpeg(image, quality)).toString("base64")}`;
}
