import assert from "node:assert/strict";
import test from "node:test";
import { squaredL2 } from "../../lib/core/matrix";
import { nearestRows } from "../../lib/evaluate/nearest";
import { type ApproximateNearest, approximateSearch } from "../../lib/jobs/approximateSearch";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { killOnce } from "./killOnce";
import { oneOf, sharedWorkers } from "./withWorkers";

const pool = sharedWorkers(2);

const { x: gallery } = clusteredEmbeddings(6, 3000, 12, 16, 0.8);
const { x: probes } = clusteredEmbeddings(7, 50, 12, 16, 0.8);
const k = 10;
const shards = { shardRows: 1000, sample: 50 } as const;

test("approximateSearch() measures its own recall as brute force does, whatever the number of workers and losses", async () => {
  const exact = nearestRows(probes, gallery, k);
  const results: ApproximateNearest[] = [];
  for (const count of [1, 2]) {
    const workers = count === 1 ? oneOf(await pool()) : await pool();
    const asked = count === 2 ? killOnce(workers, 1, "searchApproximate", 1) : workers;
    results.push(await approximateSearch(asked, probes, gallery, k, { ...shards, expansion: 12 }));
  }
  const [one, two] = results;
  assert.deepEqual(two, one);
  let hits = 0;
  for (let p = 0; p < probes.rows; p++) {
    const rows = new Set(exact.indices.subarray(p * k, (p + 1) * k));
    const found = one.indices.subarray(p * k, (p + 1) * k);
    assert.equal(new Set(found).size, k);
    hits += found.filter((row) => rows.has(row)).length;
    const distances = Array.from(found, (row) => Math.fround(squaredL2(probes, p, gallery, row)));
    assert.deepEqual(
      Array.from(one.distances.subarray(p * k, (p + 1) * k)),
      distances.toSorted((a, b) => a - b),
    );
  }
  assert.equal(one.recall, hits / (probes.rows * k));
  assert.equal(one.sampledProbes, 50);
  // So few candidates miss some, and far more than chance (10 of 3000) are found.
  assert.ok(one.recall > 0.5 && one.recall < 1, `recall ${one.recall}`);
});

test("approximateSearch() finds all neighbours when it looks at as many candidates as there are rows", async () => {
  const workers = await pool();
  const found = await approximateSearch(workers, probes, gallery, k, {
    ...shards,
    expansion: 1000,
    sample: 7,
  });
  const { recall, sampledProbes, ...nearest } = found;
  assert.deepEqual([recall, sampledProbes], [1, 7]);
  assert.deepEqual(nearest, nearestRows(probes, gallery, k));
});
