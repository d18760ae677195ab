import { LabError } from "../core/errors";
import { grouped } from "../core/groups";
import type { Matrix } from "../core/matrix";
import type { PairList } from "../data/dataset";
import { clipDistances } from "../evaluate/clips";
import { type VerificationResult, verification } from "../evaluate/verification";

/** Verification of pairs of clips by their first frames. */
export interface ClipEvaluation extends VerificationResult {
  /** Frames of each clip that are used, at most. */
  readonly frames: number;
}

/** Clips of a table: rows with the same name, in their order, are the frames. */
export interface Clips {
  readonly names: readonly string[];
  readonly rows: readonly (readonly number[])[];
  readonly labels: Int32Array;
}

/** Groups rows into clips. Throws a LabError when a clip shows two identities. */
export function clipsOf(column: readonly string[], labels: Int32Array): Clips {
  const groups = grouped(column.keys(), (row) => column[row]);
  for (const [name, rows] of groups) {
    const other = rows.find((row) => labels[row] !== labels[rows[0]]);
    if (other !== undefined) {
      throw new LabError(
        `Cannot use the clip ${JSON.stringify(name)}: all of its frames must show one identity, rows ${rows[0]} and ${other} show two`,
      );
    }
  }
  const rows = [...groups.values()];
  return { names: [...groups.keys()], rows, labels: Int32Array.from(rows, ([row]) => labels[row]) };
}

/** The paper's two lengths: the first 100 frames of each clip, and 1,000 where clips are longer than 100. Pairs are of clips. */
export function clipStage(x: Matrix, clips: Clips, pairs: PairList): ClipEvaluation[] {
  const longest = Math.max(...clips.rows.map((rows) => rows.length));
  return [100, 1000]
    .filter((frames) => frames === 100 || longest > 100)
    .map((frames) => {
      const distances = clipDistances(x, clips.rows, pairs.first, pairs.second, { frames });
      return { frames, ...verification({ ...pairs, distances }) };
    });
}
