import assert from "node:assert/strict";
import { readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { matrix } from "../../lib/core/matrix";
import { engineProducts } from "../../lib/engine/products";
import { allPairsVal } from "../../lib/evaluate/allPairs";
import { nearestRows } from "../../lib/evaluate/nearest";
import { parallelAllPairs } from "../../lib/jobs/parallelAllPairs";
import { parallelSearch } from "../../lib/jobs/parallelSearch";
import { partsIn } from "../../lib/jobs/parts";
import type { Workers } from "../../lib/worker/workers";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { inFolder } from "../inFolder";
import { killOnce } from "./killOnce";
import { oneOf, sharedWorkers } from "./withWorkers";

const pool = sharedWorkers(2);

/** Identities whose distances overlap, with the last row a copy of the first: a distance of exactly 0. */
const { x, labels } = clusteredEmbeddings(3, 400, 12, 16, 0.8);
x.data.copyWithin(399 * 16, 0, 16);

const fars = [1e-1, 1e-2, 1e-3, 1e-4];
/** 28 blocks of 64 rows in 10 parts. */
const blocks = { block: 64, blocksPerPart: 3 } as const;

function counting(workers: Workers): { readonly workers: Workers; readonly calls: Map<string, number> } {
  const calls = new Map<string, number>();
  return {
    calls,
    workers: {
      count: workers.count,
      call: (worker, op, params, arrays) => {
        calls.set(op, (calls.get(op) ?? 0) + 1);
        return workers.call(worker, op, params, arrays);
      },
      close: () => workers.close(),
    },
  };
}

test("parallelAllPairs() equals allPairsVal() bit for bit, over one and over two workers, in plain numbers and on the engine", async () => {
  for (const count of [1, 2]) {
    const workers = count === 1 ? oneOf(await pool()) : await pool();
    for (const products of ["plain", "engine"] as const) {
      const whole = allPairsVal(x, labels, {
        fars,
        thresholds: [1.1],
        block: blocks.block,
        products: products === "engine" ? engineProducts : undefined,
      });
      const options = { fars, thresholds: [1.1], products, ...blocks };
      assert.deepEqual(await parallelAllPairs(workers, x, labels, options), whole);
    }
  }
});

test("parallelAllPairs() refuses parts whose counts would not fit, and a FAR that cannot be measured", async () => {
  const workers = oneOf(await pool());
  const run = (options: object): Promise<unknown> => parallelAllPairs(workers, x, labels, options);
  await assert.rejects(
    run({ block: 1024, blocksPerPart: 4096 }),
    /fewer than 2\^32 pairs, .* 4096 blocks of 1024²/,
  );
  await assert.rejects(run({ blocksPerPart: 0 }), /current values are 0 blocks/);
  await assert.rejects(run({ fars: [1e-9] }), /must lie in \[1\.\d+e-5, 1\) .* current value is 1e-9/);
});

test("parallelAllPairs() loses no pair and counts none twice when a worker is killed", async () => {
  const whole = allPairsVal(x, labels, { fars });
  const workers = await pool();
  const lost: string[] = [];
  const killing = killOnce(workers, 1, "pairHistogram", 1);
  const options = { fars, ...blocks, onLost: (error: Error) => lost.push(error.message) };
  assert.deepEqual(await parallelAllPairs(killing, x, labels, options), whole);
  assert.equal(lost.length, 1);
  assert.match(lost[0], /^Lost worker \d+: it ended with SIGKILL/);
});

test("parallelAllPairs() goes on with the parts that were kept and computes a damaged one again", async () => {
  const whole = allPairsVal(x, labels, { fars });
  await inFolder(async (folder) => {
    const workers = oneOf(await pool());
    const stop = new AbortController();
    const options = { fars, ...blocks, parts: partsIn(folder) };
    const stopped = parallelAllPairs(workers, x, labels, {
      ...options,
      signal: stop.signal,
      progress: ({ done }) => done === 4 && stop.abort(),
    });
    await assert.rejects(stopped, { name: "Interrupted" });
    const kept = readdirSync(folder);
    assert.equal(kept.length, 4);
    truncateSync(join(folder, kept[2]), 100);
    const counted = counting(workers);
    assert.deepEqual(await parallelAllPairs(counted.workers, x, labels, options), whole);
    assert.equal(counted.calls.get("pairHistogram"), 10 - 3);
  });
});

const { x: probes } = clusteredEmbeddings(4, 37, 12, 16, 0.8);

test("parallelSearch() equals nearestRows() bit for bit, over one and over two workers", async () => {
  for (const count of [1, 2]) {
    const workers = count === 1 ? oneOf(await pool()) : await pool();
    for (const [k, shardRows] of [
      [1, 64],
      [5, 37],
      // The last shard has 4 rows, fewer than k.
      [10, 99],
      [400, 100],
    ]) {
      assert.deepEqual(await parallelSearch(workers, probes, x, k, { shardRows }), nearestRows(probes, x, k));
    }
    // Equal rows: ties go to the smaller row, also across shards.
    const equal = matrix(9, 2, new Float32Array(18).fill(0.5));
    assert.deepEqual(
      await parallelSearch(workers, equal, equal, 4, { shardRows: 2 }),
      nearestRows(equal, equal, 4),
    );
  }
});

test("parallelSearch() on the engine finds the neighbours of nearestRows() on the engine", async () => {
  const { x: gallery } = clusteredEmbeddings(5, 5000, 12, 16, 0.8);
  const workers = await pool();
  assert.deepEqual(
    await parallelSearch(workers, probes, gallery, 7, { shardRows: 2048, products: "engine" }),
    nearestRows(probes, gallery, 7, { products: engineProducts }),
  );
});

test("parallelSearch() finds the same when a worker is killed, and refuses a k that the gallery cannot give", async () => {
  const workers = await pool();
  const killing = killOnce(workers, 0, "search", 1);
  const lost: Error[] = [];
  const options = { shardRows: 40, onLost: (error: Error) => lost.push(error) };
  assert.deepEqual(await parallelSearch(killing, probes, x, 5, options), nearestRows(probes, x, 5));
  assert.equal(lost.length, 1);
  await assert.rejects(parallelSearch(workers, probes, x, 401), /k must be an integer in \[1, 400\]/);
});
