import assert from "node:assert/strict";
import test from "node:test";
import { rowOf } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { buildNet } from "../../lib/nets/build";
import { embedCrops } from "../../lib/train/embed";
import { assertClose } from "../gradients";
import { patternCrops, tinyNet } from "./fixtures";

test("embedCrops() with raw gives the features whose directions are the embeddings", async () => {
  const crops = patternCrops(3, 2);
  const net = buildNet(tinyNet, createRandom(1));
  const [unit, raw] = [await embedCrops(net, crops), await embedCrops(net, crops, { raw: true })];
  for (let i = 0; i < 6; i++) {
    const features = rowOf(raw, i);
    const length = Math.hypot(...features);
    assert.ok(Math.abs(length - 1) > 1e-3);
    assertClose(
      rowOf(unit, i),
      features.map((value) => value / length),
      1e-5,
    );
  }
  await assert.rejects(
    embedCrops(net, crops, { raw: true, mirrorAverage: true }),
    /free features have no mirror average/,
  );
  net.dispose();
});
