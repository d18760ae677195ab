import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { matrix } from "../../lib/core/matrix";
import { encodeNpy } from "../../lib/core/npy";
import { readSnapshots, snapshotKeeper } from "../../lib/walk/snapshots";
import { inFolder } from "../inFolder";

/** Steps at which a run of `budget` steps keeps snapshots when it starts (or goes on) at step `from`. */
async function keptSteps(folder: string, budget: number, count: number, from: number = 0): Promise<number[]> {
  const trainer = { steps: from, progress: from / budget };
  const kept: number[] = [];
  const keep = snapshotKeeper(
    trainer,
    async () => {
      kept.push(trainer.steps);
      return matrix(2, 1, Float32Array.of(trainer.steps, 0));
    },
    { folder, count },
  );
  await keep();
  while (trainer.steps < budget) {
    trainer.steps++;
    trainer.progress = trainer.steps / budget;
    await keep();
  }
  return kept;
}

test("snapshotKeeper() keeps the start, even parts of the budget, and the end", () =>
  inFolder(async (folder) => {
    assert.deepEqual(await keptSteps(folder, 12, 4), [0, 3, 6, 9, 12]);
    assert.deepEqual(await keptSteps(folder, 10, 3), [0, 4, 7, 10]);
    // More snapshots than steps: one after each step.
    assert.deepEqual(await keptSteps(folder, 3, 9), [0, 1, 2, 3]);
    assert.deepEqual(await keptSteps(folder, 12, 0), []);
  }));

test("snapshotKeeper() of a resumed run goes on where the run had stopped", () =>
  inFolder(async (folder) => {
    assert.deepEqual(await keptSteps(folder, 12, 4, 7), [9, 12]);
    assert.deepEqual(await keptSteps(folder, 12, 4, 6), [9, 12]);
  }));

test("readSnapshots() gives them back by step and refuses one of other rows", () =>
  inFolder(async (folder) => {
    const place = join(folder, "snapshots");
    assert.deepEqual(readSnapshots(place, 2), []);
    await keptSteps(place, 12, 2);
    assert.equal(readdirSync(place).length, 3);
    assert.deepEqual(
      readSnapshots(place, 2).map(({ step, vectors }) => [step, vectors.data[0]]),
      [
        [0, 0],
        [6, 6],
        [12, 12],
      ],
    );
    writeFileSync(join(place, "step-00000009.npy"), encodeNpy(matrix(3, 1)));
    assert.throws(
      () => readSnapshots(place, 2),
      /step-00000009\.npy: a row for each of the 2 test images .* is 3/,
    );
  }));
