import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { alignDataSet, settingsFor } from "../../lib/align/alignDataSet";
import { matrix } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { loadFolder } from "../../lib/data/folder";
import { centreOf } from "../../lib/evaluate/centre";
import { countedDistances } from "../../lib/evaluate/countedDistances";
import { searchShard } from "../../lib/evaluate/galleryShards";
import { countPairs } from "../../lib/evaluate/pairCounts";
import { buildNet } from "../../lib/nets/build";
import { batchOfCrops } from "../../lib/train/augment";
import { embedCrops } from "../../lib/train/embed";
import { readWeights } from "../../lib/train/flatWeights";
import { Replica } from "../../lib/train/replica";
import { matrixOf, shaped, shapedMatrix } from "../../lib/worker/arrays";
import { listOf, namedList } from "../../lib/worker/protocol";
import { patternCrops, tinyNet, tinySettings } from "../train/fixtures";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { answerOf, asked, refusalOf } from "./asked";

const crops = patternCrops(3, 4);
const count = crops.labels.length;

test("model and embed answer what embedCrops() gives", async () => {
  const net = buildNet(tinyNet, createRandom(7));
  const sent = { crops: shaped(crops.data, [count, crops.size, crops.size, crops.channels]) };
  const weights = shaped(readWeights(net));
  for (const mirrorAverage of [false, true]) {
    const { told } = await asked(
      ["model", { spec: tinyNet, mirrorAverage }, { weights }],
      ["embed", {}, sent],
    );
    const expected = await embedCrops(net, crops, { mirrorAverage });
    assert.deepEqual(matrixOf(answerOf(told[1]).arrays, "embeddings"), expected);
  }
  const short = shaped(readWeights(net).slice(1));
  const { told } = await asked(
    ["model", { spec: tinyNet, mirrorAverage: false }, { weights: short }],
    ["embed", {}, sent],
  );
  assert.match(refusalOf(told[0]), /^RangeError: Cannot load weights into the net/);
  assert.match(refusalOf(told[1]), /Cannot embed: model must come first/);
  net.dispose();
});

test("align answers the crops of alignDataSet(), of files and of pictures, and names what it cannot read", async () => {
  await inWorkplace(async (place) => {
    const folder = await writePatterns(join(place, "photos"), { images: 2 });
    writeFileSync(join(folder, "Ada", "broken.png"), "no picture");
    const faces = await loadFolder(folder);
    const asFaces = { mode: "center-crop", size: 20, margin: 2, cache: false } as const;
    const raster = { width: 18, height: 18, channels: 1, data: crops.data.slice(0, 18 * 18) } as const;
    const drawings = {
      ...faces,
      kind: "drawings" as const,
      items: [{ name: "a drawing", label: 0, source: { image: raster } }],
    };
    const request = (set: typeof faces, options: object, items: object[]) => ({
      kind: set.kind,
      settings: settingsFor(set, options),
      useLandmarks: true,
      cache: false,
      items,
    });
    const files = faces.items.map(({ name, source }) => ({
      name,
      path: "path" in source ? source.path : "",
    }));
    const { told } = await asked(
      ["align", request(faces, asFaces, files)],
      [
        "align",
        request(drawings, {}, [{ name: "a drawing" }]),
        { "image/0": shaped(raster.data, [18, 18, 1]) },
      ],
      ["align", request(drawings, {}, [{ name: "a drawing" }])],
    );
    const expected = [await alignDataSet(faces, asFaces), await alignDataSet(drawings, { cache: false })];
    expected.forEach(({ crops: wanted, itemIndex, report }, i) => {
      const { result, arrays } = answerOf(told[i]);
      assert.deepEqual(arrays.crops.data, Uint8Array.from(wanted.data));
      assert.deepEqual(arrays.crops.shape, [itemIndex.length, wanted.size, wanted.size, wanted.channels]);
      assert.deepEqual(arrays.kept.data, itemIndex);
      assert.deepEqual([result.counts, result.skipped], [report.counts, report.skipped]);
    });
    assert.equal(expected[0].report.skipped.length, 1);
    assert.match(refusalOf(told[2]), /Cannot align a drawing: it needs a path or the array image\/0/);
  });
});

test("init, forward, mine, backward, apply and state answer what a Replica does", async () => {
  const spec = tinyNet;
  const settings = { ...tinySettings, objective: { name: "center" } as const };
  const rows = [0, 1, 4, 5, 8, 9];
  const inputs = batchOfCrops(crops, rows, 16);
  const classes = Int32Array.from(rows, (row) => crops.labels[row]);
  const replica = new Replica(spec, settings, { classes: 3 });
  const fresh = replica.digest();
  const embeddings = replica.embed(inputs, rows.length);
  const mined = replica.evaluate(embeddings, classes, inputs);
  const gradient: Float32Array = new Float32Array(replica.size);
  const statistics = replica.backPropagate(inputs, mined.gradient, gradient);
  replica.moveAverages(statistics);
  replica.applyFlat(gradient, mined.trainedGradients, 0.01);
  const state = replica.state();

  const sent = { gradient: shaped(gradient), "statistics/0": shaped(statistics) };
  const { told } = await asked(
    ["init", { spec, settings, classes: 3 }],
    ["forward", { chunk: 2 }, { images: shaped(inputs, [6, 16, 16, 1]) }],
    ["mine", {}, { embeddings: shapedMatrix(embeddings), classes: shaped(classes) }],
    ["backward", { chunk: 2 }, { gradient: shapedMatrix(mined.gradient) }],
    ["backward", { chunk: 2 }, { gradient: shapedMatrix(mined.gradient) }],
    ["apply", { rate: 0.01 }, sent],
    ["apply", { rate: 0.01 }, { ...sent, ...namedList("trained", mined.trainedGradients) }],
    ["state"],
  );
  assert.deepEqual(answerOf(told[0]).result, { size: replica.size, digest: fresh });
  assert.deepEqual(matrixOf(answerOf(told[1]).arrays, "embeddings"), embeddings);
  const answered = answerOf(told[2]);
  assert.equal(answered.result.loss, mined.loss);
  assert.deepEqual(matrixOf(answered.arrays, "gradient"), mined.gradient);
  assert.deepEqual(listOf(answered.arrays, "trained"), mined.trainedGradients);
  assert.deepEqual(answerOf(told[3]).arrays.gradient.data, gradient);
  assert.deepEqual(answerOf(told[3]).arrays.statistics.data, statistics);
  assert.match(refusalOf(told[4]), /forward of chunk 2 with as many rows must come first/);
  assert.match(refusalOf(told[5]), /the gradient must have the lengths \d+, \d+/);
  // The refused step moved nothing.
  assert.equal(answerOf(told[6]).result.digest, replica.digest());

  const vectors = {
    ...namedList("optimizer", state.optimizerVectors),
    ...namedList("objective", state.objectiveVectors),
  };
  const { optimizerSteps, mine } = state;
  const restored = await asked(
    [
      "setState",
      { spec, settings, classes: 3, optimizerSteps, mine },
      { weights: shaped(state.weights), ...vectors },
    ],
    ["state"],
    ["setState", { spec, settings, classes: 3, optimizerSteps, mine }, { weights: shaped(state.weights) }],
  );
  assert.equal(answerOf(restored.told[0]).result.digest, replica.digest());
  const { result, arrays } = answerOf(restored.told[1]);
  assert.deepEqual(arrays.weights.data, state.weights);
  assert.deepEqual(listOf(arrays, "optimizer"), state.optimizerVectors);
  assert.deepEqual(listOf(arrays, "objective"), state.objectiveVectors);
  assert.deepEqual(result, { optimizerSteps, mine });
  assert.match(refusalOf(restored.told[2]), /the optimiser state must have the lengths/);
  replica.dispose();
});

test("backward with keep adds up what gradient answers, and apply takes what setGradient brought", async () => {
  const spec = tinyNet;
  const replica = new Replica(spec, tinySettings, { classes: 3 });
  const rows = [0, 1, 4, 5];
  const inputs = batchOfCrops(crops, rows, 16);
  const images = { images: shaped(inputs, [4, 16, 16, 1]) };
  const wanted = replica.embed(inputs, 4);
  const twice: Float32Array = new Float32Array(replica.size);
  const statistics = replica.backPropagate(inputs, wanted, twice);
  replica.backPropagate(inputs, wanted, twice);
  const brought = twice.map((value) => value / 2);
  replica.applyFlat(brought, [], 0.01);
  replica.moveAverages(statistics);
  const sent = { gradient: shaped(brought) };
  const { told } = await asked(
    ["init", { spec, settings: tinySettings, classes: 3 }],
    ["gradient"],
    ["apply", { rate: 0.01 }],
    ["forward", { chunk: 0 }, images],
    ["forward", { chunk: 1 }, images],
    ["backward", { chunk: 0, keep: true }, { gradient: shapedMatrix(wanted) }],
    ["backward", { chunk: 1, keep: true }, { gradient: shapedMatrix(wanted) }],
    ["gradient"],
    ["setGradient", {}, { gradient: shaped(new Float32Array(replica.size).fill(Number.NaN)) }],
    ["setGradient", {}, sent],
    ["apply", { rate: 0.01 }, { "statistics/0": shaped(statistics) }],
    ["gradient"],
    ["setGradient", {}, { gradient: shaped(brought.subarray(1)) }],
  );
  const zeros = new Float32Array(replica.size);
  assert.deepEqual(answerOf(told[1]).arrays.gradient.data, zeros);
  assert.match(refusalOf(told[2]), /a gradient must be sent, or setGradient come first/);
  assert.deepEqual(Object.keys(answerOf(told[5]).arrays), ["statistics"]);
  assert.deepEqual(answerOf(told[7]).arrays.gradient.data, twice);
  assert.deepEqual(answerOf(told[8]).result, { finite: false });
  assert.deepEqual(answerOf(told[9]).result, { finite: true });
  assert.equal(answerOf(told[10]).result.digest, replica.digest());
  // A step's gradient is of use once.
  assert.deepEqual(answerOf(told[11]).arrays.gradient.data, zeros);
  assert.match(
    refusalOf(told[12]),
    new RegExp(`Cannot setGradient: ${replica.size} values are needed, current value is ${replica.size - 1}`),
  );
  replica.dispose();
});

test("rows and pairHistogram answer the counts of countPairs(), search those of searchShard()", async () => {
  const random = createRandom(2);
  const x = matrix(
    20,
    3,
    Float32Array.from({ length: 60 }, () => random.integer(4)),
  );
  const labels = Int32Array.from({ length: 20 }, () => random.integer(3));
  const centre = centreOf(x);
  const sent = { embeddings: shapedMatrix(x), labels: shaped(labels) };
  const sides = { probes: shapedMatrix(x), shard: shapedMatrix(x), centre: shaped(centre) };
  const { told } = await asked(
    ["rows", { block: 32, products: "plain" }, sent],
    ["pairHistogram", { from: 0, to: 1 }],
    ["pairHistogram", { from: 0, to: 2 }],
    ["search", { k: 4, products: "plain" }, sides],
    ["search", { k: 4, products: "plain" }, { ...sides, centre: shaped(new Float64Array(2)) }],
  );
  assert.equal(answerOf(told[0]).result.blocks, 1);
  const { bits, same, different } = answerOf(told[1]).arrays;
  const expected = countedDistances(countPairs(x, labels));
  assert.deepEqual({ bits: bits.data, same: same.data, different: different.data }, expected);
  assert.match(refusalOf(told[2]), /from < to ≤ 1 is wanted, current values are 0 and 2/);
  const { indices, scores, distances } = answerOf(told[3]).arrays;
  const best = searchShard(x, x, 4, centre);
  const found = { k: 4, indices: indices.data, scores: scores.data, distances: distances.data };
  assert.deepEqual(found, best);
  assert.match(refusalOf(told[4]), /a centre of 3 values is needed, current value is 2/);
});
