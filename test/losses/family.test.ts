/** What all losses have in common, over random batches. What is particular to one stands in its own file. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import fc from "fast-check";
import { LabError } from "../../lib/core/errors";
import { packageRoot } from "../../lib/core/folders";
import { matrix } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { loadEngine } from "../../lib/engine/load";
import type { LossResult } from "../../lib/losses/loss";
import { allPairs } from "../../lib/losses/pairs";
import { assertRelative, type LossBatch, permuted, permutedRows, randomBatch, rotated } from "./batches";
import { family } from "./family";

/** Any batch: 2 to 24 rows, 1 to 12 dimensions, 1 to 6 identities. */
const batches = fc
  .record({
    seed: fc.integer(),
    n: fc.integer({ min: 2, max: 24 }),
    d: fc.integer({ min: 1, max: 12 }),
    c: fc.integer({ min: 1, max: 6 }),
  })
  .map(({ seed, n, d, c }) => randomBatch(createRandom(seed), n, d, c));

/** Loss, gradients and every other number that a result holds, equal within 1e-5. */
function assertSameResult(a: LossResult, b: LossResult, what: string, floor: number): void {
  for (const [key, value] of Object.entries(b)) {
    const other = (a as unknown as Record<string, unknown>)[key];
    const numbers = (v: unknown): ArrayLike<number> =>
      typeof v === "number" ? [v] : v instanceof Float32Array ? v : (v as { data: Float32Array }).data;
    assertRelative(numbers(other), numbers(value), 1e-5, `${what} ${key}`, floor);
  }
}

test("the family holds every loss of lib/losses", () => {
  const folder = join(packageRoot(), "lib", "losses");
  const exported = readdirSync(folder).flatMap((file) =>
    Array.from(
      readFileSync(join(folder, file), "utf8").matchAll(/export function (\w+Loss)\(/g),
      (match) => match[1],
    ),
  );
  assert.ok(exported.length > 10);
  for (const name of exported)
    assert.ok(
      family.some((member) => member.name === name),
      name,
    );
});

for (const { name, reference, onEngine } of family) {
  if (!onEngine) continue;
  test(`${name}OnEngine() equals the reference`, () => {
    const equal = (batch: LossBatch, floor: number): void =>
      assertSameResult(onEngine(batch), reference(batch), name, floor);
    fc.assert(
      // Small odd batches: float32 may leave 1e-6 of what cancels.
      fc.property(batches, (batch) => equal(batch, 0.1)),
      { numRuns: 20 },
    );
    equal(randomBatch(createRandom(7), 90, 128, 9), 0);
  });

  test(`${name}OnEngine() leaves no tensor behind`, () => {
    const batch = randomBatch(createRandom(3), 12, 8, 3);
    onEngine(batch);
    const before = loadEngine().memory().numTensors;
    onEngine(batch);
    assert.equal(loadEngine().memory().numTensors, before);
  });
}

for (const { name, reference, rotates, normalizes, translates } of family) {
  test(`${name}() does not depend on the order of the batch`, () => {
    fc.assert(
      fc.property(batches, fc.integer(), (batch, seed) => {
        const order = createRandom(seed).shuffle(Array.from(batch.labels.keys()));
        const straight = reference(batch);
        const moved = reference(permuted(batch, order));
        assertRelative([moved.loss], [straight.loss], 1e-9, name, 0.1);
        assertRelative(moved.gradient.data, permutedRows(straight.gradient, order).data, 1e-6, name, 0.1);
      }),
      { numRuns: 10 },
    );
  });

  test(`${name}() ${rotates ? "turns with" : "is not blind to"} a rotation of the space`, () => {
    const batch = randomBatch(createRandom(11), 14, 5, 4);
    const turned = reference({ ...batch, x: rotated(batch.x, 0.7), weights: rotated(batch.weights, 0.7) });
    const straight = reference(batch);
    const check = (): void => {
      assertRelative([turned.loss], [straight.loss], 1e-6, name);
      assertRelative(turned.gradient.data, rotated(straight.gradient, 0.7).data, 1e-5, name);
    };
    if (rotates) check();
    else assert.throws(check);
  });

  test(`${name}() ${normalizes ? "ignores" : "depends on"} the length of the embeddings`, () => {
    const batch = randomBatch(createRandom(12), 14, 5, 4);
    const longer = { ...batch, x: { ...batch.x, data: batch.x.data.map((v) => 2 * v) } };
    const check = (): void => assertRelative([reference(longer).loss], [reference(batch).loss], 1e-9, name);
    if (normalizes) check();
    else assert.throws(check);
  });

  test(`${name}() ${translates ? "ignores" : "depends on"} a shift of all embeddings`, () => {
    const batch = randomBatch(createRandom(13), 14, 5, 4);
    // Multiples of 1/64 below 8 add up without rounding.
    const exact = batch.x.data.map((v) => Math.round(64 * v) / 64);
    const there = reference({ ...batch, x: { ...batch.x, data: exact } });
    const shifted = reference({ ...batch, x: { ...batch.x, data: exact.map((v) => v + 2) } });
    const check = (): void => assertRelative([shifted.loss], [there.loss], 1e-12, name);
    if (translates) check();
    else assert.throws(check);
  });
}

for (const { name, reference, onEngine } of family) {
  const forms = onEngine ? [reference, onEngine] : [reference];

  test(`${name}() of an empty batch is 0`, () => {
    const none = new Int32Array();
    const empty: LossBatch = {
      ...randomBatch(createRandom(1), 4, 3, 2),
      x: matrix(0, 3),
      labels: none,
      pairs: allPairs(none),
      triplets: { count: 0, anchor: none, positive: none, negative: none },
    };
    for (const form of forms) {
      const { loss, active, terms, gradient } = form(empty);
      assert.deepEqual(
        { loss, active, terms, rows: gradient.rows },
        { loss: 0, active: 0, terms: 0, rows: 0 },
      );
    }
  });

  test(`${name}() stays finite when all embeddings are one point, are 0, or are of one identity`, () => {
    const batch = randomBatch(createRandom(2), 6, 3, 2);
    const one = Int32Array.from(batch.labels, () => 0);
    for (const form of forms) {
      for (const special of [
        { ...batch, x: matrix(6, 3, new Float32Array(18).fill(0.5)) },
        { ...batch, x: matrix(6, 3) },
        { ...batch, labels: one, pairs: allPairs(one) },
      ]) {
        const { loss, gradient } = form(special);
        assert.ok(Number.isFinite(loss) && loss >= 0, `loss ${loss}`);
        assert.ok(gradient.data.every(Number.isFinite));
      }
    }
  });

  test(`${name}() refuses NaN and an unknown reduction`, () => {
    const batch = randomBatch(createRandom(2), 6, 3, 2);
    const broken = { ...batch, x: matrix(6, 3, batch.x.data.with(7, Number.NaN)) };
    for (const form of forms) {
      assert.throws(
        () => form(broken),
        (error) =>
          error instanceof LabError &&
          /every value must be finite, row 2 column 1 is NaN/.test(error.message),
      );
      assert.throws(
        () => form(batch, { reduction: "average" as "mean" }),
        /must be one of sum, mean, meanActive/,
      );
    }
  });

  // The two signals of DeepID2 are reduced over terms of their own: see its file.
  if (name === "deepId2Loss") continue;
  test(`${name}() reductions divide loss and gradient by 1, by all terms and by the active ones`, () => {
    const batch = randomBatch(createRandom(5), 10, 4, 3);
    const { terms, active, ...sum } = reference(batch, { reduction: "sum" });
    for (const [reduction, divisor] of [
      ["mean", terms],
      ["meanActive", active],
    ] as const) {
      const reduced = reference(batch, { reduction });
      assertRelative([reduced.loss * divisor], [sum.loss], 1e-12, name);
      assertRelative(
        reduced.gradient.data.map((g) => g * divisor),
        sum.gradient.data,
        1e-6,
        name,
      );
    }
    assert.ok(active > 0 && active <= terms);
  });
}
