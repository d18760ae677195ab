import assert from "node:assert/strict";
import test from "node:test";
import { eachBlock } from "../../lib/core/blocks";

test("eachBlock() covers every item once, in order, and tells how far it is", async () => {
  const [blocks, told]: [number[][], number[][]] = [[], []];
  const progress = ({ done, total }: { done: number; total: number }) => told.push([done, total]);
  await eachBlock(7, 3, { stage: "a", stopped: "a", progress }, (start, end) => blocks.push([start, end]));
  assert.deepEqual(blocks, [
    [0, 3],
    [3, 6],
    [6, 7],
  ]);
  assert.deepEqual(told, [
    [3, 7],
    [6, 7],
    [7, 7],
  ]);
});

test("eachBlock() hears a stop signal between two blocks", async () => {
  const stop = new AbortController();
  const blocks: number[] = [];
  const work = eachBlock(9, 3, { stage: "a", stopped: "the work", signal: stop.signal }, (start) => {
    blocks.push(start);
    setImmediate(() => stop.abort());
  });
  await assert.rejects(work, { name: "Interrupted", message: "Stopped: the work" });
  assert.deepEqual(blocks, [0]);
});
