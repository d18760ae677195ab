import assert from "node:assert/strict";
import test from "node:test";
import { matrix } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { loadEngine } from "../../lib/engine/load";
import { createObjective, objectiveNames, objectives } from "../../lib/train/objectives";
import { settingsSchema } from "../../lib/train/schemas";
import { assertClose, numericalGradient } from "../gradients";
import { patternCrops, tinyNet, tinySettings } from "./fixtures";
import { wholeAndResumed } from "./resumed";

const context = () => ({ classes: 4, dimension: 6, random: createRandom(3) });
const classes = Int32Array.from({ length: 12 }, (_, i) => i % 4);
const noImages: Float32Array = new Float32Array(0);

/** Rows of unit length, as a net gives them. */
function batch(seed: number) {
  const random = createRandom(seed);
  const x = matrix(
    12,
    6,
    Float32Array.from({ length: 72 }, () => random.normal()),
  );
  for (let i = 0; i < 12; i++) {
    const row = x.data.subarray(6 * i, 6 * i + 6);
    const norm = Math.hypot(...row);
    row.forEach((value, k) => {
      row[k] = value / norm;
    });
  }
  return x;
}

// Circle loss holds its weights constant in the gradient, so it has no such slope; its own test compares with Eq. 10.
for (const name of objectiveNames.filter((known) => known !== "circle")) {
  test(`createObjective("${name}") gives the slopes of its loss by embeddings and by what it trains`, () => {
    const x = batch(1);
    // A rule without choices that jump: every triplet, summed up.
    const choice = {
      name,
      ...(objectives[name].options.includes("mining") && {
        mining: "all" as const,
        reduction: "sum" as const,
      }),
    };
    const lossAt = (move: (trained: readonly Float32Array[], x: Float32Array) => void): number => {
      const objective = createObjective(choice, context());
      const moved = matrix(12, 6, x.data.slice());
      move(
        objective.trained.map(({ values }) => values),
        moved.data,
      );
      return objective.evaluate(moved, classes, noImages).loss;
    };
    const objective = createObjective(choice, context());
    const result = objective.evaluate(x, classes, noImages);
    assert.ok(result.loss > 0 && result.terms > 0);
    assert.ok(result.activeFraction >= 0);
    assert.equal(result.trainedGradients.length, objective.trained.length);
    const random = createRandom(8);
    for (const gradient of [result.gradient.data, ...result.trainedGradients]) {
      const at = [result.gradient.data, ...result.trainedGradients].indexOf(gradient);
      const direction = Float32Array.from(gradient, () => random.normal());
      const slope = numericalGradient(
        ([t]) =>
          lossAt((trained, data) => {
            const target = at === 0 ? data : trained[at - 1];
            target.forEach((value, i) => {
              target[i] = value + t * direction[i];
            });
          }),
        Float64Array.of(0),
        1e-3,
      );
      const expected = gradient.reduce((sum, g, i) => sum + g * direction[i], 0);
      assertClose(slope, [expected], 0.02);
    }
  });
}

for (const name of objectiveNames) {
  test(`Trainer learns with "${name}", and 4 + 4 steps equal 8, bit for bit`, async () => {
    const settings = { ...tinySettings, objective: { name } };
    const { whole, resumed, results } = await wholeAndResumed(tinyNet, patternCrops(), settings);
    assert.ok(results.every((result) => Number.isFinite(result.loss)));
    assert.deepEqual(resumed, whole);
  });
}

test("evaluate() leaves no tensor behind, whatever the objective", () => {
  const made = objectiveNames.map((name) => createObjective({ name }, context()));
  const before = loadEngine().memory().numTensors;
  for (const objective of made) objective.evaluate(batch(2), classes, noImages);
  assert.equal(loadEngine().memory().numTensors, before);
});

test("createObjective() refuses an unknown name, options that it does not take, and values out of range", () => {
  const make = (choice: object) => () => createObjective(choice as { name: "triplet" }, context());
  assert.throws(make({ name: "tripelt" }), /must be one of triplet, .* current value is tripelt/);
  assert.throws(make({ name: "softmax", margin: 1 }), /with softmax: its options are reduction, .* margin 1/);
  assert.throws(make({ name: "arcface", margin: 9 }), /margin must lie in \[0, 1\.5\], current value is 9/);
  assert.throws(
    make({ name: "triplet", margin: 0 }),
    /margin on squared L2 must lie in \(0, 4\), current value is 0/,
  );
  assert.throws(make({ name: "triplet", mining: "x" }), /rule must be one of .* current value is x/);
  assert.throws(make({ name: "deepid2", lambda: -1 }), /lambda must lie in \[0, ∞\], current value is -1/);
  assert.throws(make({ name: "supervised-contrastive", temperature: 0 }), /temperature must lie in \(0, ∞\)/);
});

test("settingsSchema takes every objective with the options that its row lists", () => {
  for (const name of objectiveNames) {
    const values = {
      margin: 1,
      scale: 2,
      temperature: 1,
      lambda: 1,
      mining: "all",
      reduction: "sum",
      memory: 9,
    } as const;
    const options = Object.fromEntries(objectives[name].options.map((option) => [option, values[option]]));
    const settings = { ...tinySettings, objective: { name, ...options } };
    assert.deepEqual(settingsSchema.parse(settings), settings);
  }
});

test("the centres of center loss move to the mean of their identity, and DeepID2's margin to the best threshold", () => {
  // One identity at (1, 0), one at (0, 1), both at rest: centres go to c + ½·Σ(x − c)/(1 + n) = ½·3/4 of the way.
  const x = matrix(6, 2, Float32Array.of(1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1));
  const labels = Int32Array.of(0, 0, 0, 1, 1, 1);
  const center = createObjective({ name: "center" }, { classes: 2, dimension: 2, random: createRandom(1) });
  center.evaluate(x, labels, noImages);
  assertClose(center.kept.read()[0], [0.375, 0, 0, 0.375], 1e-6);
  // Same pairs lie at 0, different ones at √2: the best threshold lies between.
  const deepId2 = createObjective({ name: "deepid2" }, { classes: 2, dimension: 2, random: createRandom(1) });
  deepId2.evaluate(x, labels, noImages);
  const [margin] = deepId2.kept.read()[0];
  assert.ok(margin > 0 && margin < Math.SQRT2 + 1e-6);
});

test("DeepID2's margin is set by pairs of both kinds, also of a batch with more pairs than it keeps", () => {
  // 8 identities on a circle × 80 images, 25,280 pairs of one identity: the best threshold lies between noise (0.03) and neighbours (0.77).
  const [identities, images] = [8, 80];
  const random = createRandom(4);
  const labels = Int32Array.from({ length: identities * images }, (_, i) => Math.floor(i / images));
  const x = matrix(
    labels.length,
    2,
    Float32Array.from({ length: 2 * labels.length }, (_, at) => {
      const angle = (2 * Math.PI * labels[at >> 1]) / identities;
      return (at % 2 ? Math.sin(angle) : Math.cos(angle)) + 0.005 * random.normal();
    }),
  );
  const objective = createObjective(
    { name: "deepid2" },
    { classes: identities, dimension: 2, random: createRandom(1) },
  );
  objective.evaluate(x, labels, noImages);
  const [[margin], [step], , same, [held]] = objective.kept.read();
  assert.ok(margin > 0.05 && margin < 0.77, `margin ${margin}`);
  assert.deepEqual([step, held], [1, 0]);
  assert.equal(
    same.reduce((sum, value) => sum + value, 0),
    10_000,
  );
});

test("settingsSchema reads an endless lambda back from JSON", () => {
  const settings = {
    ...tinySettings,
    objective: { name: "deepid2" as const, lambda: Number.POSITIVE_INFINITY },
  };
  assert.deepEqual(settingsSchema.parse(JSON.parse(JSON.stringify(settings))), settings);
});
