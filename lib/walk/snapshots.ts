import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../core/errors";
import { writeFileAtomic } from "../core/files";
import type { Matrix } from "../core/matrix";
import { decodeNpy, encodeNpy } from "../core/npy";
import type { Trainer } from "../train/trainer";

/** Where and how often the test images' embeddings are kept while a net learns. */
export interface SnapshotOptions {
  /** Folder of `step-NNNNNNNN.npy`, each N×D: a row per test image in the order of `prepared.test`. */
  readonly folder: string;
  /** Snapshots after the one at step 0, evenly over the budget, the last one at its end; an integer ≥ 0, and 0 keeps none at all. */
  readonly count: number;
}

/** One snapshot: the step it was taken after, and the N×D embeddings. */
export interface Snapshot {
  readonly step: number;
  readonly vectors: Matrix;
}

/** A function to call before the first and after every step; it writes a snapshot when one is due. They are only looked at: nothing is chosen by them. */
export function snapshotKeeper(
  trainer: Pick<Trainer, "steps" | "progress">,
  embed: () => Promise<Matrix>,
  options: SnapshotOptions | undefined,
): () => Promise<void> {
  const { folder = "", count = 0 } = options ?? {};
  // A resumed run goes on after the part of the budget that it had used.
  let next = trainer.steps === 0 ? 0 : Math.floor(trainer.progress * count + 1e-9) + 1;
  return async () => {
    if (count === 0 || trainer.progress * count < next - 1e-9) return;
    next = Math.floor(trainer.progress * count + 1e-9) + 1;
    const vectors = await embed();
    writeFileAtomic(join(folder, `step-${String(trainer.steps).padStart(8, "0")}.npy`), encodeNpy(vectors));
  };
}

/** The snapshots in a folder, by step; none where there is no folder. Throws a LabError that names a file which does not have `rows` rows. */
export function readSnapshots(folder: string, rows: number): Snapshot[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => /^step-\d{8,}\.npy$/.test(name));
  const snapshots = files.map((name) => {
    const path = join(folder, name);
    const vectors = decodeNpy(readFileSync(path), path);
    if (vectors.rows !== rows) {
      throw new LabError(
        `Cannot use ${path}: a row for each of the ${rows} test images is needed, current value is ${vectors.rows}`,
      );
    }
    return { step: Number(name.slice(5, -4)), vectors };
  });
  return snapshots.sort((a, b) => a.step - b.step);
}
