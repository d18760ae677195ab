import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { type Matrix, matrix, matrixFromRows, takeRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { plainProducts } from "../../lib/evaluate/distances";
import { tripletLossOnEngine } from "../../lib/losses/triplet";
import { miningBatch } from "../../lib/miners/batch";
import { createMemory, type MemoryState, withMemory } from "../../lib/miners/memory";
import { semiHardNearest } from "../../lib/miners/semiHardNearest";
import { listOf } from "./batches";

const numbered = (from: number, count: number): MemoryState => ({
  embeddings: matrixFromRows(Array.from({ length: count }, (_, i) => [from + i, -(from + i)])),
  labels: Int32Array.from({ length: count }, (_, i) => from + i),
});

/** What an endless list would hold: the last `capacity` rows, oldest first. */
function lastRows(parts: readonly number[], capacity: number): MemoryState {
  const total = parts.reduce((sum, part) => sum + part, 0);
  const kept = Math.min(total, capacity);
  const state = numbered(total - kept, kept);
  return kept > 0 ? state : { ...state, embeddings: matrix(0, 2) };
}

const sizes = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 8 });

test("createMemory() holds the last rows, oldest first, whatever the sizes of the batches", () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 12 }), (parts, capacity) => {
      const memory = createMemory(capacity, 2);
      let from = 0;
      for (const part of parts) {
        const { embeddings, labels } = numbered(from, part);
        memory.enqueue(part > 0 ? embeddings : matrix(0, 2), labels);
        from += part;
      }
      const expected = lastRows(parts, capacity);
      assert.deepEqual(memory.state(), expected);
      assert.equal(memory.size, expected.labels.length);
    }),
  );
});

test("createMemory() restored goes on as the original does", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 9 }), (before, after) => {
      const original = createMemory(7, 2);
      if (before > 0) original.enqueue(...parts(numbered(0, before)));
      const restored = createMemory(7, 2);
      restored.enqueue(...parts(numbered(50, 3)));
      restored.restore(original.state());
      assert.deepEqual(restored.state(), original.state());
      for (const memory of [original, restored]) memory.enqueue(...parts(numbered(100, after)));
      assert.deepEqual(restored.state(), original.state());
    }),
  );
});

test("createMemory() copies: later changes of a batch or of a state do not reach it", () => {
  const memory = createMemory(3, 2);
  const batch = numbered(1, 2);
  memory.enqueue(...parts(batch));
  batch.embeddings.data.fill(9);
  memory.state().embeddings.data.fill(7);
  assert.deepEqual(memory.state(), numbered(1, 2));
});

test("withMemory() mines the anchors of a batch against batch and memory, equal to the whole set as a set", () => {
  const random = createRandom(1);
  const angles = Array.from({ length: 24 }, () => 0.6 * random.next());
  const whole = matrixFromRows(angles.map((angle) => [Math.cos(angle), Math.sin(angle)]));
  const labels = Int32Array.from({ length: 24 }, (_, i) => i % 4);
  const rows = (from: number, to: number): number[] => [...Array(24).keys()].slice(from, to);
  const memory = createMemory(16, 2);
  memory.enqueue(takeRows(whole, rows(8, 24)), labels.subarray(8));
  const joined = withMemory(takeRows(whole, rows(0, 8)), labels.slice(0, 8), memory);
  assert.deepEqual(joined, { embeddings: whole, labels });
  const found = semiHardNearest(
    miningBatch(joined.embeddings, joined.labels, { anchors: 8, products: plainProducts }),
    0.1,
  );
  const ofAll = semiHardNearest(miningBatch(whole, labels, { products: plainProducts }), 0.1);
  assert.deepEqual(
    listOf(found),
    listOf(ofAll).filter((triplet) => Number(triplet.split(" ")[0]) < 8),
  );
  assert.ok(
    found.count > 0 && found.negative.some((row) => row >= 8) && found.positive.some((row) => row >= 8),
  );
});

test("tripletLossOnEngine() with anchors gives the gradient of the batch, which treats the memory as constant", () => {
  // One anchor at 0.1 rad, memory: positive at 0.4, negative at 0.5. d/da = 2(n − p).
  const at = (angle: number): number[] => [Math.cos(angle), Math.sin(angle)];
  const memory = createMemory(2, 2);
  memory.enqueue(matrixFromRows([at(0.4), at(0.5)]), Int32Array.from([1, 2]));
  const joined = withMemory(matrixFromRows([at(0.1)]), Int32Array.from([1]), memory);
  const batch = miningBatch(joined.embeddings, joined.labels, { anchors: 1, products: plainProducts });
  const triplets = semiHardNearest(batch, 0.2);
  assert.deepEqual(listOf(triplets), ["0 1 2"]);
  const { gradient } = tripletLossOnEngine(joined.embeddings, triplets, { anchors: 1 });
  assert.equal(gradient.rows, 1);
  const [p, n] = [at(0.4), at(0.5)];
  for (const k of [0, 1]) assert.ok(Math.abs(gradient.data[k] - 2 * (n[k] - p[k])) < 1e-6);
});

test("withMemory() of an empty memory is the batch", () => {
  const batch = numbered(1, 3);
  assert.deepEqual(withMemory(...parts(batch), createMemory(4, 2)), batch);
});

test("createMemory() names what does not fit", () => {
  assert.throws(() => createMemory(0, 2), /capacity must be an integer of at least 1, current value is 0/);
  assert.throws(
    () => createMemory(2, 1.5),
    /dimension must be an integer of at least 1, current value is 1.5/,
  );
  const memory = createMemory(2, 3);
  assert.throws(() => memory.enqueue(...parts(numbered(0, 1))), /rows of 3 values .* are 1×2 and 1 labels/);
  assert.throws(() => createMemory(2, 2).restore(numbered(0, 3)), /at most 2 rows, current value is 3/);
  assert.throws(() => withMemory(...parts(numbered(0, 1)), memory), /must have 3 values, current value is 2/);
});

function parts(state: MemoryState): [Matrix, Int32Array] {
  return [state.embeddings, state.labels];
}
