import assert from "node:assert/strict";
import test from "node:test";
import { openDrawers } from "../../lib/align/drawThreads";
import { raster } from "../../lib/image/raster";
import { type Affine, warpAffine } from "../../lib/image/warp";

const picture = (value: number) => raster(6, 5, 1, new Uint8Array(30).fill(value));
const part = { left: 0, top: 0, whole: { width: 6, height: 5 } };
const half: Affine = [0.5, 0, 0, 0, 0.5, 0];

test("openDrawers() draws batches in the order in which they were asked for, on any number of threads", async () => {
  const drawers = openDrawers(4);
  try {
    const values = Array.from({ length: 23 }, (_, i) => 11 * i);
    const drawn = await Promise.all(
      values.map((value) => drawers.draw([{ image: picture(value), map: half, part }])),
    );
    assert.deepEqual(
      drawn,
      values.map((value) => [warpAffine(picture(value), half, 4, 4)]),
    );
    assert.deepEqual(await drawers.draw([]), []);
  } finally {
    drawers.dispose();
  }
});

test("openDrawers() refuses what was asked of it, and all that comes, when a thread ends", async () => {
  const drawers = openDrawers(4);
  try {
    const flat: Affine = [0, 0, 0, 0, 0, 0];
    const asked = [flat, half].map((map) => drawers.draw([{ image: picture(1), map, part }]));
    const answers = await Promise.allSettled(asked);
    assert.equal(answers[0].status, "rejected");
    await assert.rejects(
      drawers.draw([{ image: picture(1), map: half, part }]),
      /^Error: Cannot draw crops: a thread ended with "Cannot invert a map/,
    );
  } finally {
    drawers.dispose();
  }
});
