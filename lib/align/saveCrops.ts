import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeCsv } from "../core/csv";
import { LabError, messageOf, throwIfStopped } from "../core/errors";
import { checkFolderFree, temporaryName } from "../core/files";
import type { LongWork } from "../core/progress";
import type { CropSet } from "../data/dataset";
import { encodePng } from "../image/codec";
import { raster } from "../image/raster";

/**
 * Writes crops as PNG, a folder per identity, with `manifest.csv` (file, identity, original name). Folder and file names are made here from
 * numbers and plain letters: what the names say is data. Whole or not at all; throws a LabError when `folder` holds something already.
 */
export async function saveCrops(folder: string, crops: CropSet, work: LongWork = {}): Promise<void> {
  checkFolderFree(folder);
  const temporary = temporaryName(folder);
  const bytes = crops.size * crops.size * crops.channels;
  const rows: string[][] = [["file", "identity", "name"]];
  try {
    for (let i = 0; i < crops.labels.length; i++) {
      throwIfStopped(work.signal, "writing crops; nothing was written");
      const identity = crops.identities[crops.labels[i]];
      const place = folderName(identity, crops.labels[i]);
      const file = `${place}/${String(i).padStart(7, "0")}.png`;
      mkdirSync(join(temporary, place), { recursive: true });
      const picture = raster(
        crops.size,
        crops.size,
        crops.channels,
        crops.data.subarray(i * bytes, (i + 1) * bytes),
      );
      await writeFile(join(temporary, file), await encodePng(picture));
      rows.push([file, identity, crops.names[i]]);
      work.progress?.({ stage: "write", done: i + 1, total: crops.labels.length });
    }
    mkdirSync(temporary, { recursive: true });
    await writeFile(join(temporary, "manifest.csv"), encodeCsv(rows));
    if (existsSync(folder)) rmSync(folder, { recursive: true });
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (error instanceof LabError) throw error;
    throw new LabError(`Cannot write crops to ${folder}: ${messageOf(error)}`);
  }
}

/** The label's number, then what is left of the name in plain letters. */
function folderName(identity: string, label: number): string {
  const plain = identity
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  return `${String(label).padStart(5, "0")}${plain ? `_${plain}` : ""}`;
}
