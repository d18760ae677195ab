import assert from "node:assert/strict";
import test from "node:test";
import { allPairsVal } from "../../lib/evaluate/allPairs";
import { nearestRows } from "../../lib/evaluate/nearest";
import { parallelAllPairs } from "../../lib/jobs/parallelAllPairs";
import { parallelSearch } from "../../lib/jobs/parallelSearch";
import { startRayWorkers } from "../../lib/worker/rayWorkers";
import type { Workers } from "../../lib/worker/workers";
import { clusteredEmbeddings } from "../evaluate/embeddings";

/** A running cluster that this machine belongs to, with two processors free. */
const address = process.env.FACENET_LAB_RAY_ADDRESS;
const skip = address === undefined ? "FACENET_LAB_RAY_ADDRESS names no cluster" : false;
const { x, labels } = clusteredEmbeddings(3, 400, 12, 16, 0.8);

test("startRayWorkers() gives the numbers of one process, also when a worker's process or an actor is killed", {
  skip,
}, async () => {
  const workers = await startRayWorkers({ address: address as string, count: 2 });
  try {
    const lost: string[] = [];
    const onLost = (error: Error): number => lost.push(error.message);
    for (const victim of ["child", "actor"] as const) {
      const killing: Workers = {
        ...workers,
        call: (worker, op, params, arrays) => {
          const place = workers.places()[1];
          if (worker === 1 && place && lost.length === 0 && /^(search|pairHistogram)$/.test(op)) {
            process.kill(place[victim], "SIGKILL");
          }
          return workers.call(worker, op, params, arrays);
        },
      };
      lost.length = 0;
      if (victim === "child") {
        const options = { fars: [1e-1, 1e-2, 1e-3], block: 64, blocksPerPart: 3, onLost };
        assert.deepEqual(
          await parallelAllPairs(killing, x, labels, options),
          allPairsVal(x, labels, options),
        );
      } else {
        const found = await parallelSearch(killing, x, x, 5, { shardRows: 40, onLost });
        assert.deepEqual(found, nearestRows(x, x, 5));
      }
      assert.ok(lost.length >= 1 && /^Lost worker \d+ on /.test(lost[0]), victim);
    }
  } finally {
    await workers.close();
  }
});

test("startRayWorkers() says what is missing: Ray, or the cluster", async () => {
  await assert.rejects(startRayWorkers({ address: "127.0.0.1:1", count: 1, python: "no-such-python" }), {
    name: "LabError",
    message: /"npm run setup:ray" must have installed it .* current value is no-such-python/,
  });
});
