import assert from "node:assert/strict";
import test from "node:test";
import { matrix, squaredL2 } from "../../lib/core/matrix";
import { allPairsVal } from "../../lib/evaluate/allPairs";
import { dequantize } from "../../lib/evaluate/quantize";
import { raster } from "../../lib/image/raster";
import { type ExploreInput, exploreStage } from "../../lib/walk/exploreStage";
import { clusteredEmbeddings } from "../evaluate/embeddings";

/** 90 rows of 9 identities; row i is named i, and its column holds its parity. */
function input(epochs: number = 1): ExploreInput {
  const { labels } = clusteredEmbeddings(4, 90, 9);
  return {
    title: "t",
    subtitle: "s",
    epochs: Array.from({ length: epochs }, (_, e) => ({
      label: `step ${e}`,
      vectors: clusteredEmbeddings(4, 90, 9, 8, 0.4 / (e + 1)).x,
    })),
    labels,
    identities: Array.from({ length: 9 }, (_, i) => `person ${i}`),
    names: Array.from(labels, (_, i) => String(i)),
    columns: new Map([["parity", Array.from(labels, (_, i) => String(i % 2))]]),
    threshold: 0.5,
  };
}

test("exploreStage() counts as allPairsVal() does, on the vectors that the page holds", async () => {
  const data = await exploreStage(input(2));
  assert.deepEqual(
    data.epochs.map(({ label }) => label),
    ["step 0", "step 1"],
  );
  for (const { vectors, rates, umap2, umap3, pca } of data.epochs) {
    assert.deepEqual([umap2.columns, umap3.columns, pca.columns], [2, 3, 3]);
    const thresholds = [20, 80, 200].map((i) => i * data.thresholdStep);
    const { atThresholds, samePairs, differentPairs } = allPairsVal(dequantize(vectors), data.labels, {
      thresholds,
    });
    assert.deepEqual(
      [20, 80, 200].map((i) => [rates.same[i], rates.different[i]]),
      atThresholds.map(({ accepts, falseAccepts }) => [accepts, falseAccepts]),
    );
    assert.deepEqual([rates.same.at(-1), rates.different.at(-1)], [samePairs, differentPairs]);
  }
  assert.ok(data.notes.some((note) => note.startsWith("Motion means learning")));
});

test("exploreStage() lists the hardest pairs first, by the distances of its vectors", async () => {
  const [{ vectors, hardPositives, hardNegatives }] = (await exploreStage(input())).epochs;
  const x = dequantize(vectors);
  for (const pairs of [hardPositives, hardNegatives]) {
    assert.ok(pairs.length > 10);
    for (const { first, second, distance } of pairs)
      assert.ok(Math.abs(distance - squaredL2(x, first, x, second)) < 1e-4);
  }
  const sorted = (values: number[]): number[] => [...values].sort((a, b) => a - b);
  const positives = hardPositives.map(({ distance }) => -distance);
  assert.deepEqual(positives, sorted(positives));
});

test("exploreStage() with fewer points keeps whole identities and says what it left out", async () => {
  const all = input();
  const data = await exploreStage(all, { points: 40 });
  assert.ok(data.names.length <= 40 && data.names.length > 20);
  const size = (labels: Int32Array, label: number): number => labels.filter((one) => one === label).length;
  for (const [label, name] of data.identities.entries()) {
    assert.equal(size(data.labels, label), size(all.labels, all.identities.indexOf(name)));
  }
  data.names.forEach((name, i) => {
    assert.equal(data.identities[data.labels[i]], all.identities[all.labels[Number(name)]]);
    assert.equal(data.columns.get("parity")?.[i], String(Number(name) % 2));
  });
  assert.match(data.notes[0], new RegExp(`^${data.names.length} of 90 images are shown: whole identities`));
  assert.deepEqual((await exploreStage(all, { points: 40 })).names, data.names);
});

test("exploreStage() counts pictures that cannot be read", async () => {
  const picture = async (row: number) => (row < 3 ? undefined : raster(4, 4, 1));
  const { sheet, notes } = await exploreStage({ ...input(), picture });
  assert.equal(sheet?.count, 90);
  assert.ok(notes.includes("3 pictures could not be read and are shown white."));
});

test("exploreStage() refuses epochs that do not fit, too few points, NaN, and stops when told to", async () => {
  const all = input();
  const odd = { ...all, epochs: [{ label: "early", vectors: matrix(80, 8) }, ...all.epochs] };
  await assert.rejects(
    exploreStage(odd),
    /^LabError: Cannot explore early: .* 90 rows of 8, current value is 80 of 8/,
  );
  await assert.rejects(
    exploreStage(all, { points: 3 }),
    /at least 3 points in whole identities are needed, current value is 0 of 90/,
  );
  const broken = {
    ...all,
    epochs: [{ label: "late", vectors: matrix(90, 8, new Float32Array(720).fill(Number.NaN)) }],
  };
  await assert.rejects(
    exploreStage(broken),
    /the embeddings of late: every value must be finite, row 0 column 0 is NaN/,
  );
  await assert.rejects(exploreStage(all, { signal: AbortSignal.abort() }), /^Interrupted: Stopped/);
});
