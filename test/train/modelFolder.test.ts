import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { buildNet } from "../../lib/nets/build";
import { readWeights } from "../../lib/train/flatWeights";
import { loadModel, type ModelCard, saveModel } from "../../lib/train/modelFolder";
import { tinyNet, tinySettings } from "./fixtures";

function withModel(body: (folder: string, card: ModelCard) => void): void {
  const parent = mkdtempSync(join(tmpdir(), "facenet-lab-"));
  const folder = join(parent, "model");
  const net = buildNet(tinyNet, createRandom(3));
  const card = saveModel(folder, net, {
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
  net.dispose();
  try {
    body(folder, card);
  } finally {
    rmSync(parent, { recursive: true });
  }
}

test("loadModel() gives back the weights that saveModel() wrote", () =>
  withModel((folder, card) => {
    const net = buildNet(tinyNet, createRandom(3));
    const model = loadModel(folder);
    assert.deepEqual(readWeights(model.net), readWeights(net));
    assert.deepEqual(model.card, card);
    model.net.dispose();
    net.dispose();
  }));

test("loadModel() refuses weights that are truncated or changed", () =>
  withModel((folder) => {
    const path = join(folder, "weights.bin");
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, 100));
    assert.throws(() => loadModel(folder), /weights\.bin must hold \d+ bytes, current value is 100/);
    bytes[5] ^= 1;
    writeFileSync(path, bytes);
    assert.throws(() => loadModel(folder), /checksum of weights\.bin does not fit/);
  }));

test("loadModel() refuses a card that is missing, odd or does not fit its net", () =>
  withModel((folder, card) => {
    const change = (changed: object): void =>
      writeFileSync(join(folder, "card.json"), JSON.stringify({ ...card, ...changed }));
    change({ format: "facenet-lab model 9" });
    assert.throws(() => loadModel(folder), /format/);
    change({ surprise: 1 });
    assert.throws(() => loadModel(folder), /Unrecognized key/);
    change({ net: { ...card.net, layers: [{ kind: "dense", units: 1e9 }] } });
    assert.throws(() => loadModel(folder), /layers\.0\.units/);
    change({ input: { ...card.input, size: 48 } });
    assert.throws(() => loadModel(folder), /input \(48×1\) must fit its net \(16×1\)/);
    change({ input: { ...card.input, normalization: { offset: 0, scale: 1 } } });
    assert.throws(() => loadModel(folder), /normalisation must be/);
    rmSync(join(folder, "card.json"));
    assert.throws(() => loadModel(folder), /Cannot read the model card .*ENOENT/);
  }));
