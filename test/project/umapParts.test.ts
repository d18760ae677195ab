/** Golden: umap-learn, see the head of test/golden/umapParts.json (made by test/golden/umapParts.py). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { UMAP } from "umap-js";
import { packageRoot } from "../../lib/core/folders";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { fitCurve } from "../../lib/project/curve";
import { diffusedStart } from "../../lib/project/diffusedStart";
import { fuzzySet } from "../../lib/project/fuzzySet";
import { createLayout } from "../../lib/project/layout";
import { nearestNeighbors } from "../../lib/project/neighbors";
import { trustworthiness } from "../../lib/project/trustworthiness";
import { umapLayout } from "../../lib/project/umap";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { assertClose } from "../gradients";

const golden = JSON.parse(readFileSync(join(packageRoot(), "test", "golden", "umapParts.json"), "utf8")) as {
  k: number;
  indices: number[];
  distances: number[];
  edges: [number, number, number][];
  curves: [minDistance: number, spread: number, a: number, b: number][];
};

test("fuzzySet() by hand: three points on a line", () => {
  // At 0, 1 and 3, k = 3: log₂ 3 = 1.585 = 1 (the nearest) + exp(−(d − ρ) / σ), so the farther one has 0.585 for everybody.
  const set = fuzzySet(nearestNeighbors(matrixFromRows([[0], [1], [3]]), 3));
  const weightOf = (i: number, j: number): number =>
    set.weight[[...set.from.keys()].find((e) => set.from[e] === i && set.to[e] === j) as number];
  const far = Math.log2(3) - 1;
  // 0–1: both are each other's nearest. 1–2: 2's nearest is 1, 1's farther one is 2: 1 + far − far = 1. 0–2: far + far − far².
  assertClose([weightOf(0, 1), weightOf(1, 2), weightOf(0, 2)], [1, 1, 2 * far - far * far], 1e-4);
  for (const [i, j] of [
    [0, 1],
    [1, 2],
    [0, 2],
  ])
    assert.equal(weightOf(i, j), weightOf(j, i));
});

test("fuzzySet() equals umap-learn's, also with two equal rows", () => {
  const set = fuzzySet({
    k: golden.k,
    indices: Int32Array.from(golden.indices),
    distances: Float32Array.from(golden.distances),
  });
  const own = new Map([...set.from.keys()].map((e) => [`${set.from[e]} ${set.to[e]}`, set.weight[e]]));
  assert.equal(own.size, set.from.length, "every edge once");
  assert.equal(own.size, golden.edges.length);
  for (const [i, j, weight] of golden.edges) assertClose([own.get(`${i} ${j}`) as number], [weight], 1e-4);
});

test("fitCurve() equals umap-learn's fit", () => {
  for (const [minDistance, spread, a, b] of golden.curves) {
    const curve = fitCurve(minDistance, spread);
    assertClose([curve.a / a, curve.b / b], [1, 1], 1e-3);
  }
});

test("diffusedStart() puts neighbours near each other, every component of the graph, and no axis twice", () => {
  // Two rings of 30 without an edge between them.
  const at = (ring: number, i: number): number[] => [
    100 * ring + Math.cos((2 * Math.PI * i) / 30),
    Math.sin((2 * Math.PI * i) / 30),
  ];
  const x = matrixFromRows(Array.from({ length: 60 }, (_, i) => at(Math.floor(i / 30), i % 30)));
  const start = diffusedStart(fuzzySet(nearestNeighbors(x, 3)), 2, createRandom(1));
  const l2 = (i: number, j: number): number =>
    Math.hypot(start.data[2 * i] - start.data[2 * j], start.data[2 * i + 1] - start.data[2 * j + 1]);
  const beside = Array.from({ length: 29 }, (_, i) => l2(i, i + 1));
  const across = Array.from({ length: 15 }, (_, i) => l2(i, i + 15));
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  assert.ok(mean(beside) < mean(across), `${mean(beside)} < ${mean(across)}`);
  for (const c of [0, 1]) {
    const values = start.data.filter((_, o) => o % 2 === c);
    assert.ok(Math.max(...values.map(Math.abs)) <= 10.01 && Math.max(...values.map(Math.abs)) > 9.9);
  }
});

test("createLayout() pulls the ends of an edge together by the gradient of the cross entropy, and clips it", () => {
  // One edge of weight 1, one epoch, no third point to push: both ends move by rate · pull, with D = 0.04 and D = 400.
  for (const place of [0.2, 20]) {
    const set = { count: 2, from: Int32Array.of(0), to: Int32Array.of(1), weight: Float32Array.of(1) };
    const picture = matrix(2, 2, Float32Array.of(0, 0, place, 0));
    const [a, b] = [1.5, 0.9];
    const squared = place ** 2;
    const force = ((-2 * a * b * squared ** (b - 1)) / (1 + a * squared ** b)) * (0 - place);
    const layout = createLayout(set, picture, { a, b }, 2, createRandom(1));
    layout.epoch(0);
    assertClose(picture.data, [0, 0, place, 0], 1e-7);
    layout.epoch(1);
    const move = 0.5 * Math.min(4, force);
    // The table's places are 2⁻⁹ wide. Ends that met repel again; one edge of two points can only draw itself or its other end.
    assert.ok(Math.abs(picture.data[2] - (place - move)) < 0.003 * move, `${picture.data}`);
  }
});

test("umapLayout() is as faithful as umap-js on the same neighbours, in two dimensions and in three", async () => {
  const { x } = clusteredEmbeddings(9, 300, 20, 8, 0.4);
  const k = 15;
  const graph = nearestNeighbors(x, k);
  const lists = <T extends Float32Array | Int32Array>(values: T): number[][] =>
    Array.from({ length: x.rows }, (_, i) => Array.from(values.subarray(i * k, (i + 1) * k)));
  const reference = new UMAP({ nComponents: 2, nNeighbors: k, nEpochs: 200, random: createRandom(1).next });
  reference.setPrecomputedKNN(lists(graph.indices), lists(graph.distances));
  const epochs = reference.initializeFit(lists(graph.indices));
  for (let e = 0; e < epochs; e++) reference.step();
  const theirs = matrix(x.rows, 2, Float32Array.from(reference.getEmbedding().flat()));
  const two = await umapLayout(graph, { epochs: 200 });
  const three = await umapLayout(graph, { epochs: 200, components: 3 });
  assert.equal(three.columns, 3);
  const faithful = (picture: typeof two): number => trustworthiness(x, picture, k);
  assert.ok(faithful(two) > faithful(theirs) - 0.02, `${faithful(two)} beside ${faithful(theirs)}`);
  assert.ok(faithful(three) > faithful(theirs) - 0.02, `${faithful(three)} beside ${faithful(theirs)}`);
});

test("umapLayout() keeps copies of a row together and apart from the rest, and needs no connected graph", async () => {
  const rows = Array.from({ length: 30 }, (_, i) => (i < 10 ? [50, 50] : [Math.cos(i), Math.sin(i)]));
  const picture = await umapLayout(nearestNeighbors(matrixFromRows(rows), 4), { epochs: 100 });
  assert.ok(picture.data.every(Number.isFinite));
});
