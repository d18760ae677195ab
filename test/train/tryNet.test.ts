import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { loadEngine } from "../../lib/engine/load";
import { buildNet, type Net } from "../../lib/nets/build";
import { namedNet } from "../../lib/nets/named";
import { loadModel, saveModel } from "../../lib/train/modelFolder";
import { tryNet } from "../../lib/train/tryNet";
import { tinySettings } from "./fixtures";

/** One net of every construction; the paper's at a size that takes a second. */
const nets = [
  namedNet("NN2", { inputSize: 32, embedding: 16 }),
  namedNet("NN4", { inputSize: 32, embedding: 16, batchNorm: true }),
  namedNet("NNS1", { inputSize: 32, embedding: 16 }),
  namedNet("NNS2", { inputSize: 32, embedding: 16 }),
  namedNet("laptop-inception", { inputSize: 16, embedding: 16 }),
];

for (const spec of nets) {
  test(`tryNet() takes a training step with ${spec.name} and leaves no tensor behind`, () => {
    tryNet(spec);
    const { numTensors } = loadEngine().memory();
    const trial = tryNet(spec);
    assert.ok(Number.isFinite(trial.loss) && trial.loss > 0);
    assert.ok(trial.peakMemory > 0 && trial.stepSeconds > 0);
    assert.equal(trial.images, 4);
    assert.equal(loadEngine().memory().numTensors, numTensors);
  });

  test(`loadModel() of ${spec.name} gives the outputs of the net that was saved`, () => {
    const tf = loadEngine();
    const parent = mkdtempSync(join(tmpdir(), "facenet-lab-"));
    const net = buildNet(spec, createRandom(4));
    const outputs = (of: Net): Float32Array =>
      tf.tidy(() =>
        of
          .forward(tf.randomNormal([2, spec.inputSize, spec.inputSize, 3], 0, 1, "float32", 7), {
            training: false,
          })
          .dataSync(),
      ) as Float32Array;
    saveModel(join(parent, "model"), net, {
      input: { margin: 1, alignment: "similarity", template: "arcface-112" },
      mirrorAverage: true,
      training: {
        data: "test",
        identities: 2,
        images: 4,
        steps: 1,
        seconds: 1,
        settings: tinySettings,
        troubles: [],
      },
      threshold: null,
      versions: {},
    });
    const model = loadModel(join(parent, "model"));
    assert.deepEqual(outputs(model.net), outputs(net));
    for (const used of [net, model.net]) used.dispose();
    rmSync(parent, { recursive: true });
  });
}

test("tryNet() refuses a batch of one identity", () => {
  assert.throws(() => tryNet(nets[0], { identities: 1 }), /at least 2, current value is 1/);
});
