import { throwIfStopped } from "../core/errors";
import type { LongWork } from "../core/progress";
import { contactSheet, jpegUri, type SpriteSheet } from "../figures/sprites";
import { type Raster, raster } from "../image/raster";

/** One sheet with the pictures of `rows`, in that order; those that cannot be read are white, and counted. */
export async function sheetOf(
  picture: (row: number) => Promise<Raster | undefined>,
  rows: Int32Array,
  { progress, signal }: LongWork,
): Promise<{ sheet: SpriteSheet; missing: number }> {
  const side = rows.length > 2000 ? 48 : 64;
  const columns = Math.ceil(Math.sqrt(rows.length));
  const pictures: Raster[] = [];
  let missing = 0;
  for (const [i, row] of rows.entries()) {
    if (i % 100 === 0) {
      progress?.({ stage: "pictures", done: i, total: rows.length });
      throwIfStopped(signal, "the explorer; nothing was written");
    }
    const found = await picture(row);
    if (!found) missing++;
    // A tile of its own size at once: thousands of large pictures do not fit in memory.
    pictures.push(
      found ? contactSheet([found], 1, side) : raster(side, side, 1, new Uint8Array(side * side).fill(255)),
    );
  }
  const uri = await jpegUri(contactSheet(pictures, columns, side), 72);
  return { sheet: { uri, columns, side, count: rows.length }, missing };
}
