import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import test from "node:test";
import { alignDataSet } from "../../lib/align/alignDataSet";
import { packageRoot } from "../../lib/core/folders";
import { rowOf, squaredL2 } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import type { DataSet } from "../../lib/data/dataset";
import { openDataSet } from "../../lib/data/open";
import { loadEngine } from "../../lib/engine/load";
import { pairDistances } from "../../lib/evaluate/distances";
import { buildNet } from "../../lib/nets/build";
import { identityOf } from "../../lib/synthetic/identity";
import { plain } from "../../lib/synthetic/nuisance";
import { buildPerson } from "../../lib/synthetic/person";
import { render } from "../../lib/synthetic/render";
import { embedCrops } from "../../lib/train/embed";
import { saveModel } from "../../lib/train/modelFolder";
import { openEmbedder } from "../../lib/walk/embedder";
import { alignmentOf } from "../../lib/walk/modelInput";
import { pairRows } from "../../lib/walk/prepare";
import { patternCrops, tinyNet, tinySettings } from "../train/fixtures";
import { inWorkplace } from "./fixtures";

/** Two generated people in two lights each, with their true landmarks. */
function generatedFaces(): DataSet {
  const landmarks = new Map<string, Float32Array>();
  const items = [100, 105].flatMap((seed, label) => {
    const person = buildPerson(identityOf(seed));
    return [30, -40].map((lightYaw) => {
      const name = `${label}/${lightYaw}.png`;
      const drawn = render(person, { ...plain, lightYaw }, { size: 128 });
      landmarks.set(name, Float32Array.from(drawn.landmarks));
      return { name, label, source: { image: drawn.image } };
    });
  });
  return { name: "generated", kind: "faces", identities: ["a", "b"], items, skipped: [], landmarks };
}

test("openEmbedder() opens the reference: unit rows, people apart, the same again from its cache, no tensors left", () =>
  inWorkplace(async () => {
    const faces = generatedFaces();
    const reference = await openEmbedder("reference");
    const { crops } = await alignDataSet(faces, alignmentOf(reference, faces));
    const x = await reference.embed(crops);
    assert.deepEqual([x.rows, x.columns], [4, 128]);
    for (let i = 0; i < 4; i++) assert.ok(Math.abs(Math.hypot(...rowOf(x, i)) - 1) < 1e-5);
    assert.ok(1.5 * squaredL2(x, 0, x, 1) < squaredL2(x, 0, x, 2));
    const tensors = loadEngine().memory().numTensors;
    const done: number[] = [];
    const again = await reference.embed(crops, { rows: [2, 0], progress: (event) => done.push(event.done) });
    assert.deepEqual(rowOf(again, 0), rowOf(x, 2));
    assert.deepEqual(rowOf(again, 1), rowOf(x, 0));
    assert.deepEqual(done, [], "nothing was computed a second time");
    assert.equal(loadEngine().memory().numTensors, tensors);
    await assert.rejects(reference.embed(patternCrops()), /crops of 150×150×3, current value is 18×18×1/);
    // What is cached needs no work, so that nothing is stopped.
    const stopped = await reference.embed(crops, { rows: [1], signal: AbortSignal.abort() });
    assert.deepEqual(rowOf(stopped, 0), rowOf(x, 1));
    reference.dispose();
  }));

test("openEmbedder() opens a model folder, which embeds as its net does, and says when a run folder was named", () =>
  inWorkplace(async (place) => {
    const net = buildNet(tinyNet, createRandom(1));
    const training = {
      data: "",
      identities: 1,
      images: 1,
      steps: 1,
      seconds: 1,
      settings: tinySettings,
      troubles: [],
    };
    const card = saveModel(join(place, "run", "model"), net, {
      input: { margin: 1, alignment: "none", template: "none" },
      mirrorAverage: true,
      training,
      threshold: null,
      versions: {},
    });
    const embedder = await openEmbedder(join(place, "run", "model"));
    assert.equal(embedder.id, card.id);
    const expected = await embedCrops(net, patternCrops(), { mirrorAverage: true, rows: [3, 1] });
    assert.deepEqual(await embedder.embed(patternCrops(), { rows: [3, 1] }), expected);
    embedder.dispose();
    net.dispose();
    await assert.rejects(openEmbedder(join(place, "run")), /this is a run folder, its model is .*model/);
    mkdirSync(join(place, "empty"));
    writeFileSync(join(place, "empty", "x"), "");
    await assert.rejects(openEmbedder(join(place, "empty")), /Cannot read the model card/);
  }));

test("alignmentOf() refuses the reference another alignment and drawings", async () => {
  const input = { size: 150, margin: 0, channels: 3, alignment: "similarity", template: "dlib-150" } as const;
  const faces = generatedFaces();
  const asked = alignmentOf({ id: "r", input }, faces, { useLandmarks: false });
  assert.deepEqual(asked, {
    mode: "similarity",
    size: 150,
    margin: 0,
    channels: 3,
    template: "dlib-150",
    useLandmarks: false,
  });
  assert.throws(() => alignmentOf({ id: "r", input }, faces, { size: 64 }), /the size must be 150/);
  assert.throws(
    () => alignmentOf({ id: "r", input }, { ...faces, kind: "drawings" }),
    /the data must be faces/,
  );
});

const lfw = process.env.FACENET_LAB_LFW ?? join(resolve(packageRoot(), "..", "shared", "data"), "lfw");
const SAME = 12;

test(
  "openEmbedder() with the reference tells the first pairs of LFW's View 2 apart, folder to number, by our own detector",
  {
    skip: existsSync(join(lfw, "Aaron_Peirsol")) ? false : "LFW was not found",
  },
  () =>
    inWorkplace(async () => {
      const opened = await openDataSet(lfw);
      const { pairs: all } = opened.protocol({ name: "view2-all" });
      // The first fold: 300 same pairs, then 300 different ones.
      const chosen = Array.from({ length: 2 * SAME }, (_, i) => (i < SAME ? 20 * i : 300 + 20 * (i - SAME)));
      const part = {
        ...all,
        first: Int32Array.from(chosen, (p) => all.first[p]),
        second: Int32Array.from(chosen, (p) => all.second[p]),
        same: Uint8Array.from(chosen, (p) => all.same[p]),
        fold: Int32Array.from(chosen, () => 0),
      };
      const reference = await openEmbedder("reference");
      const items = Int32Array.from(new Set([...part.first, ...part.second]));
      const align = alignmentOf(reference, opened.dataSet, { useLandmarks: false });
      const aligned = await alignDataSet(opened.dataSet, { ...align, items });
      const x = await reference.embed(aligned.crops);
      const { pairs } = pairRows(part, aligned);
      // 0.18 squared L2 is the threshold that folds 1 and 2 of View 2 give for this embedder.
      const right = pairDistances(x, pairs.first, pairs.second).filter(
        (d, p) => d < 0.18 === (pairs.same[p] === 1),
      ).length;
      assert.ok(right >= 2 * SAME - 1, `${right} of ${2 * SAME}`);
    }),
);
