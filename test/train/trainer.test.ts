import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { readVectorFile, writeVectorFile } from "../../lib/core/container";
import { createRandom } from "../../lib/core/random";
import { loadEngine } from "../../lib/engine/load";
import { buildNet } from "../../lib/nets/build";
import { namedNet, netNames } from "../../lib/nets/named";
import type { NetSpec } from "../../lib/nets/spec";
import { batchOfCrops } from "../../lib/train/augment";
import { chunksOf, gradientOfBatch } from "../../lib/train/backprop";
import {
  type Checkpoint,
  checkSameRun,
  engineChange,
  newestCheckpoint,
  readCheckpoint,
  saveCheckpoint,
} from "../../lib/train/checkpoint";
import { embedCrops } from "../../lib/train/embed";
import { flattened, readWeights, writeWeights } from "../../lib/train/flatWeights";
import { createObjective } from "../../lib/train/objectives";
import { netSpecSchema } from "../../lib/train/schemas";
import { Trainer, train } from "../../lib/train/trainer";
import { assertClose, numericalGradient } from "../gradients";
import { inFolder } from "../inFolder";
import { patternCrops, tinyNet, tinySettings } from "./fixtures";
import { wholeAndResumed } from "./resumed";

test("train() separates identities that are easy to tell apart", async () => {
  const crops = patternCrops();
  const trainer = new Trainer(tinyNet, crops, {
    ...tinySettings,
    augmentation: "none",
    budget: { steps: 60 },
  });
  assert.equal(await train(trainer), true);
  const { meanPositive, meanNegative } = trainer.history.steps;
  const last = meanPositive.length - 1;
  assert.ok(meanNegative[last] - meanPositive[last] > 0.5);
  assert.ok(meanNegative[last] - meanPositive[last] > meanNegative[0] - meanPositive[0]);
  trainer.dispose();
});

test("train() gives the same weights to the bit for the same seed", async () => {
  const run = async (seed: number): Promise<Float32Array> => {
    const trainer = new Trainer(tinyNet, patternCrops(), { ...tinySettings, seed });
    await train(trainer);
    const weights = readWeights(trainer.net);
    trainer.dispose();
    return weights;
  };
  assert.deepEqual(await run(1), await run(1));
  assert.notDeepEqual(await run(1), await run(2));
});

for (const optimizer of ["adamw", "adagrad"] as const) {
  test(`newestCheckpoint() resumes ${optimizer}: 4 + 4 steps equal 8, bit for bit`, async () => {
    const objective = { name: "triplet", mining: "semi-hard-random" } as const;
    const settings = { ...tinySettings, optimizer, objective };
    const { whole, resumed } = await wholeAndResumed(tinyNet, patternCrops(), settings);
    assert.deepEqual(resumed, whole);
  });
}

test("engineChange() says which version a checkpoint was made with, and nothing on the same engine", () =>
  inFolder((folder) => {
    const trainer = new Trainer(tinyNet, patternCrops(), tinySettings);
    trainer.step();
    const path = saveCheckpoint(folder, trainer, "digest");
    trainer.dispose();
    assert.equal(engineChange(readCheckpoint(path)), undefined);
    const { header, vectors } = readVectorFile(path);
    const { versions, ...others } = header as { versions: Record<string, string> };
    assert.deepEqual(Object.keys(versions), ["tfjs-node", "libtensorflow", "node", "processor"]);
    writeVectorFile(path, { ...others, versions: { ...versions, libtensorflow: "2.9.1" } }, vectors);
    const { libtensorflow } = versions;
    assert.equal(
      engineChange(readCheckpoint(path)),
      `${path} was made with libtensorflow 2.9.1, now ${libtensorflow}: the last bits may differ from those of a run at one go`,
    );
    writeVectorFile(path, others, vectors);
    assert.match(engineChange(readCheckpoint(path)) ?? "", /tfjs-node of an unknown version, now/);
  }));

test("newestCheckpoint() passes over a truncated file, keeps two, and checkSameRun() refuses another run", async () => {
  const folder = mkdtempSync(join(tmpdir(), "facenet-lab-"));
  const trainer = new Trainer(tinyNet, patternCrops(), tinySettings);
  for (let i = 0; i < 3; i++) {
    trainer.step();
    saveCheckpoint(folder, trainer, "digest");
  }
  const files = readdirSync(folder).sort();
  assert.deepEqual(files, ["step-00000002.ckpt", "step-00000003.ckpt"]);
  truncateSync(join(folder, files[1]), 5000);
  const damaged: string[] = [];
  const checkpoint = newestCheckpoint(folder, (message) => damaged.push(message));
  assert.equal(checkpoint?.state.step, 2);
  assert.match(damaged[0], /step-00000003\.ckpt: its checksum does not fit/);
  const origin = { spec: tinyNet, settings: tinySettings, dataDigest: "digest" };
  assert.ok(checkpoint);
  checkSameRun(checkpoint, { ...origin, settings: { ...tinySettings, budget: { steps: 99 } } });
  assert.throws(
    () => checkSameRun(checkpoint, { ...origin, dataDigest: "x" }),
    /training data must be the same/,
  );
  assert.throws(
    () =>
      checkSameRun(checkpoint, {
        ...origin,
        settings: { ...tinySettings, objective: { name: "triplet", margin: 0.3 } },
      }),
    /objective must be the same as before .*"margin":0.2.* current value is .*"margin":0.3/,
  );
  trainer.dispose();
  rmSync(folder, { recursive: true });
});

test("checkSameRun() knows every named net again after it was stored", () => {
  const origin = { spec: tinyNet, settings: tinySettings, dataDigest: "digest" };
  for (const name of netNames) {
    for (const batchNorm of [false, true]) {
      const spec = namedNet(name, { batchNorm });
      const stored = netSpecSchema.parse(JSON.parse(JSON.stringify(spec)));
      const checkpoint = { path: "x", versions: {}, origin: { ...origin, spec: stored } };
      checkSameRun(checkpoint as unknown as Checkpoint, { ...origin, spec });
      assert.throws(
        () => checkSameRun(checkpoint as unknown as Checkpoint, origin),
        /the net must be the same as before/,
      );
    }
  }
});

test("chunksOf() makes no chunk of one image, and equal ones of at most the size otherwise", () => {
  for (let chunk = 2; chunk <= 5; chunk++) {
    for (let count = 2; count <= 40; count++) {
      const counts = chunksOf(new Float32Array(3 * count), count, chunk).map((part) => part.count);
      assert.equal(
        counts.reduce((a, b) => a + b, 0),
        count,
      );
      assert.ok(Math.min(...counts) >= 2 && Math.max(...counts) <= Math.max(3, chunk), `${chunk}: ${counts}`);
      assert.ok(Math.max(...counts) <= chunk || (chunk === 2 && count % 2 === 1), `${chunk}: ${counts}`);
    }
  }
});

const plain: NetSpec = {
  name: "plain",
  inputSize: 16,
  channels: 1,
  layers: [
    { kind: "conv", filters: 3, kernel: 3, stride: 2, relu: true },
    { kind: "flatten" },
    { kind: "dense", units: 6 },
  ],
};

const context = { classes: 6, dimension: 6, random: createRandom(1) };

function oneBatch(spec: NetSpec, chunk: number): { gradient: Float32Array; loss: number } {
  const crops = patternCrops();
  const net = buildNet(spec, createRandom(5));
  const images = batchOfCrops(crops, Int32Array.from(crops.labels.keys()), 16);
  const objective = createObjective({ name: "triplet" }, context);
  const { result, gradients } = gradientOfBatch(net, { images, labels: crops.labels }, objective, chunk);
  const gradient = flattened(gradients);
  loadEngine().dispose(gradients);
  net.dispose();
  return { gradient, loss: result.loss };
}

test("gradientOfBatch() in chunks equals one big pass without batch norm", () => {
  const whole = oneBatch(plain, 30);
  assert.ok(whole.gradient.some((g) => Math.abs(g) > 1e-3));
  for (const chunk of [7, 13]) {
    const parts = oneBatch(plain, chunk);
    assertClose([parts.loss], [whole.loss], 1e-5);
    assertClose(parts.gradient, whole.gradient, 1e-5);
  }
});

test("gradientOfBatch() is the slope of the loss along random directions", () => {
  const crops = patternCrops();
  const net = buildNet(plain, createRandom(5));
  const start = readWeights(net);
  const images = batchOfCrops(crops, Int32Array.from(crops.labels.keys()), 16);
  // All triplets, averaged over all: a loss that is smooth enough for finite differences in float32.
  const objective = createObjective({ name: "triplet", mining: "all", reduction: "mean" }, context);
  const measure = (): { loss: number; gradient: Float32Array } => {
    const { result, gradients } = gradientOfBatch(net, { images, labels: crops.labels }, objective, 64);
    const gradient = flattened(gradients);
    loadEngine().dispose(gradients);
    return { loss: result.loss, gradient };
  };
  const { gradient } = measure();
  const random = createRandom(9);
  for (let trial = 0; trial < 3; trial++) {
    const direction = Float32Array.from(start, () => random.normal());
    const slope = numericalGradient(
      ([t]) => {
        writeWeights(
          net,
          start.map((w, i) => w + t * direction[i]),
        );
        return measure().loss;
      },
      Float64Array.of(0),
      1e-3,
    )[0];
    const expected = gradient.reduce((sum, g, i) => sum + g * direction[i], 0);
    assert.ok(
      Math.abs(slope - expected) < 0.02 * Math.max(1, Math.abs(expected)),
      `${slope} is not ${expected}`,
    );
  }
  net.dispose();
});

test("Trainer leaves no tensors behind", () => {
  const tf = loadEngine();
  const trainer = new Trainer(tinyNet, patternCrops(), tinySettings);
  trainer.step();
  const before = tf.memory().numTensors;
  for (let i = 0; i < 3; i++) trainer.step();
  assert.equal(tf.memory().numTensors, before);
  trainer.dispose();
});

test("Trainer stops with the step and a hint when numbers stop being finite", () => {
  const trainer = new Trainer(tinyNet, patternCrops(), { ...tinySettings, warmup: 0 });
  trainer.step();
  const kernel = trainer.net.weights[0].variable;
  kernel.assign(kernel.mul(Number.NaN));
  assert.throws(() => trainer.step(), /must be finite, at step 2 .*lower learning rate than 0.005/);
  trainer.dispose();
});

test("Trainer refuses settings out of range by name", () => {
  const bad = (change: object, message: RegExp): void => {
    assert.throws(() => new Trainer(tinyNet, patternCrops(), { ...tinySettings, ...change }), message);
  };
  bad({ budget: { steps: 0 } }, /steps must be an integer of at least 1, current value is 0/);
  bad({ rate: -1 }, /learning rate must be in \(0, 10\)/);
  bad({ objective: { name: "triplet", mining: "x" } }, /rule must be one of semi-hard-nearest.* value is x/);
  bad({ objective: { name: "tripelt" } }, /objective must be one of triplet, .*current value is tripelt/);
  bad(
    { objective: { name: "softmax", margin: 1 } },
    /train with softmax: its options are reduction, .* margin 1/,
  );
  bad({ objective: { name: "arcface", margin: 9 } }, /margin must lie in \[0, 1\.5\], current value is 9/);
  bad(
    { batch: { sampler: "identities", identities: 1, images: 2 } },
    /identities must be an integer of at least 2/,
  );
});

test("embedCrops() averages with the mirrored crop and keeps unit length", async () => {
  const crops = patternCrops(2, 2);
  const net = buildNet(tinyNet, createRandom(1));
  const straight = await embedCrops(net, crops);
  const averaged = await embedCrops(net, crops, { mirrorAverage: true, batch: 3 });
  assert.notDeepEqual(straight.data, averaged.data);
  for (let i = 0; i < 4; i++) {
    let norm = 0;
    for (let k = 0; k < 8; k++) norm += averaged.data[i * 8 + k] ** 2;
    assert.ok(Math.abs(norm - 1) < 1e-5);
  }
  await assert.rejects(embedCrops(net, { ...crops, channels: 3 }), /wants 1 channel/);
  net.dispose();
});
