import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { grouped } from "../core/groups";
import { decodeImage } from "../image/codec";
import { type Raster, raster } from "../image/raster";
import type { ManifestRow } from "./manifest";

const MOST_COLUMNS = 10;
const MOST_ROWS = 10;

/** Pictures of a set side by side: one row per person, first pictures first; with one picture each, people fill the rows. */
export async function contactSheet(
  folder: string,
  rows: readonly ManifestRow[],
  size: number,
): Promise<Raster> {
  const lists = [...grouped(rows, (row) => row.identity).values()];
  const single = lists.every((list) => list.length < 3);
  const chosen = single
    ? lists.slice(0, MOST_COLUMNS * MOST_ROWS).map((list) => list[0])
    : lists.slice(0, MOST_ROWS).flatMap((list) => list.slice(0, MOST_COLUMNS));
  const columns = single ? Math.min(MOST_COLUMNS, chosen.length) : Math.min(MOST_COLUMNS, lists[0].length);
  const sheet = raster(columns * size, Math.ceil(chosen.length / columns) * size, 3);
  for (const [i, row] of chosen.entries()) {
    const image = await decodeImage(await readFile(join(folder, row.file)), row.file);
    const left = (i % columns) * size;
    const top = Math.floor(i / columns) * size;
    for (let y = 0; y < size; y++) {
      const line = image.data.subarray(3 * y * size, 3 * (y + 1) * size);
      sheet.data.set(line, 3 * ((top + y) * sheet.width + left));
    }
  }
  return sheet;
}
