import assert from "node:assert/strict";
import test from "node:test";
import { matrix, squaredL2 } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { loadEngine } from "../../lib/engine/load";
import { buildNet } from "../../lib/nets/build";
import { laptopNet } from "../../lib/nets/laptopNets";
import { batchOfCrops } from "../../lib/train/augment";
import { embedCrops } from "../../lib/train/embed";
import { harmonicObjective } from "../../lib/train/harmonic";
import { Trainer } from "../../lib/train/trainer";
import { assertClose, numericalGradient } from "../gradients";
import { patternCrops, tinyNet, tinySettings } from "./fixtures";

const crops = patternCrops(3, 2);
const rows = Int32Array.from(crops.labels.keys());
const images = batchOfCrops(crops, rows, 16);

test("harmonicObjective() is Eq. 3 over all mixed triplets: oracle, and its slopes by the new vectors alone", async () => {
  const old = buildNet(tinyNet, createRandom(1));
  const v1 = await embedCrops(old, crops);
  const random = createRandom(2);
  const x = matrix(
    6,
    8,
    Float32Array.from({ length: 48 }, () => 0.35 * random.normal()),
  );
  const objective = harmonicObjective(old, createRandom(3), { mining: "all", margin: 0.5 });
  // Oracle: rows 0…5 are v2, 6…11 are v1; every triplet in which v2 stands at least once.
  const labels = [...crops.labels, ...crops.labels];
  const mean = (data: ArrayLike<number>): { sum: number; active: number } => {
    const union = matrix(12, 8, Float32Array.of(...Array.from(data), ...v1.data));
    let [sum, active] = [0, 0];
    for (let a = 0; a < 12; a++)
      for (let p = 0; p < 12; p++)
        for (let n = 0; n < 12; n++) {
          if (a === p || labels[a] !== labels[p] || labels[a] === labels[n]) continue;
          if (a >= 6 && p >= 6 && n >= 6) continue;
          const loss = squaredL2(union, a, union, p) - squaredL2(union, a, union, n) + 0.5;
          if (loss > 0) [sum, active] = [sum + loss, active + 1];
        }
    return { sum, active };
  };
  const { sum, active } = mean(x.data);
  const result = objective.evaluate(x, crops.labels, images);
  assertClose([result.loss], [sum / active], 1e-4);
  assert.equal(result.gradient.rows, 6);
  const slopes = numericalGradient((at) => mean(at).sum / active, Float64Array.from(x.data), 1e-3);
  assertClose(result.gradient.data, slopes, 5e-3);
  old.dispose();
});

test("Trainer brings a new net's vectors near an old net's with harmonicObjective()", async () => {
  const data = patternCrops();
  const old = new Trainer(tinyNet, data, { ...tinySettings, augmentation: "none", budget: { steps: 60 } });
  while (!old.done) old.step();
  const spec = laptopNet({ inputSize: 16, channels: 1, embedding: 8, widths: [3, 4, 5, 6] });
  const settings = { ...tinySettings, augmentation: "none" as const, budget: { steps: 60 }, seed: 9 };
  const objective = harmonicObjective(old.net, createRandom(4), { mining: "all" });
  const young = new Trainer(spec, data, settings, { objective });
  const margin = async (): Promise<number> => {
    const [v1, v2] = [await embedCrops(old.net, data), await embedCrops(young.net, data)];
    let [same, different, sames, others] = [0, 0, 0, 0];
    for (let i = 0; i < v1.rows; i++)
      for (let j = 0; j < v1.rows; j++) {
        const d = squaredL2(v2, i, v1, j);
        if (data.labels[i] === data.labels[j]) [same, sames] = [same + d, sames + 1];
        else [different, others] = [different + d, others + 1];
      }
    return different / others - same / sames;
  };
  const before = await margin();
  while (!young.done) young.step();
  assert.ok((await margin()) > before + 0.5);
  for (const trainer of [old, young]) trainer.dispose();
});

test("harmonicObjective() shows the collapse of the new version, whatever the old one is", () => {
  const old = buildNet(tinyNet, createRandom(1));
  const random = createRandom(5);
  const collapsed = matrix(
    6,
    8,
    Float32Array.from({ length: 48 }, (_, at) => (at % 8 === 0 ? 1 : 1e-4 * random.normal())),
  );
  const { meanNegative } = harmonicObjective(old, random).evaluate(collapsed, crops.labels, images);
  assert.ok(meanNegative < 1e-5, `${meanNegative}`);
  old.dispose();
});

test("harmonicObjective() gives the active share of all anchor-positive pairs", async () => {
  const old = buildNet(tinyNet, createRandom(1));
  const v1 = await embedCrops(old, crops);
  // The new version equals the old one, so that only some pairs have a semi-hard negative.
  const union = matrix(12, 8, Float32Array.of(...v1.data, ...v1.data));
  const labels = [...crops.labels, ...crops.labels];
  const d = (i: number, j: number): number => squaredL2(union, i, union, j);
  let [pairs, active] = [0, 0];
  for (let a = 0; a < 12; a++)
    for (let p = 0; p < 12; p++) {
      if (a === p || labels[a] !== labels[p]) continue;
      pairs++;
      const negatives = labels.flatMap((label, n) =>
        label !== labels[a] && d(a, n) > d(a, p) && d(a, n) < d(a, p) + 0.02 ? [n] : [],
      );
      const nearest = negatives.sort((m, n) => d(a, m) - d(a, n) || m - n)[0];
      if (nearest !== undefined && Math.min(a, p, nearest) < 6) active++;
    }
  assert.ok(active > 0 && active < pairs, `${active} of ${pairs}`);
  const result = harmonicObjective(old, createRandom(3), { margin: 0.02 }).evaluate(v1, crops.labels, images);
  assert.equal(result.activeFraction, active / pairs);
  old.dispose();
});

test("harmonicObjective() refuses versions of different dimension and leaves no tensor behind", () => {
  const old = buildNet(tinyNet, createRandom(1));
  const objective = harmonicObjective(old, createRandom(3));
  const before = loadEngine().memory().numTensors;
  objective.evaluate(matrix(6, 8, new Float32Array(48).fill(1 / Math.sqrt(8))), crops.labels, images);
  assert.equal(loadEngine().memory().numTensors, before);
  assert.throws(
    () => objective.evaluate(matrix(6, 4), crops.labels, images),
    /one dimension, current values are 8 and 4/,
  );
  old.dispose();
});
