import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrix, matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { type TripletIndices, tripletLoss, tripletLossOnEngine } from "../../lib/losses/triplet";
import { assertClose, numericalGradient } from "../gradients";

const one: TripletIndices = {
  count: 1,
  anchor: Int32Array.of(0),
  positive: Int32Array.of(1),
  negative: Int32Array.of(2),
};

/** Eq. 3 in float64 and in other words than the code under test: distances first, then the hinge. */
function equation3(x: Float64Array, d: number, triplets: TripletIndices, margin: number): number {
  const squared = (i: number, j: number): number => {
    let sum = 0;
    for (let k = 0; k < d; k++) sum += (x[i * d + k] - x[j * d + k]) ** 2;
    return sum;
  };
  let total = 0;
  for (let t = 0; t < triplets.count; t++) {
    const { anchor, positive, negative } = triplets;
    total += Math.max(0, squared(anchor[t], positive[t]) - squared(anchor[t], negative[t]) + margin);
  }
  return total;
}

test("tripletLoss() equals the margin when the three points coincide", () => {
  const result = tripletLoss(
    matrixFromRows([
      [1, 0],
      [1, 0],
      [1, 0],
    ]),
    one,
    { margin: 0.25, reduction: "sum" },
  );
  assert.equal(result.loss, 0.25);
  assert.equal(result.active, 1);
});

test("tripletLoss() is computed on squared distances", () => {
  // D(a,p) = 2² = 4, D(a,n) = 1² = 1: 4 − 1 + 0.2 = 3.2 (unsquared it would be 1.2).
  const result = tripletLoss(
    matrixFromRows([
      [0, 0],
      [2, 0],
      [0, 1],
    ]),
    one,
    { reduction: "sum" },
  );
  assertClose([result.loss], [3.2], 1e-6);
  // d/da = 2(n − p) = (−4, 2); d/dp = 2(p − a) = (4, 0); d/dn = 2(a − n) = (0, −2).
  assertClose(result.gradient.data, [-4, 2, 4, 0, 0, -2], 1e-6);
});

test("tripletLoss() is 0 with gradient 0 beyond the margin and without triplets", () => {
  const far = tripletLoss(
    matrixFromRows([
      [0, 0],
      [0.1, 0],
      [1, 1],
    ]),
    one,
  );
  assert.equal(far.loss, 0);
  assert.ok(far.gradient.data.every((g) => g === 0));
  const none = tripletLoss(matrix(3, 2), {
    count: 0,
    anchor: new Int32Array(),
    positive: new Int32Array(),
    negative: new Int32Array(),
  });
  assert.equal(none.loss, 0);
});

test("tripletLoss() reductions divide by 1, by all and by the active triplets", () => {
  const x = matrixFromRows([
    [0, 0],
    [1, 0],
    [0, 1],
    [3, 3],
  ]);
  // Triplet (0,1,2): 1 − 1 + 0.2 = 0.2 active; (0,1,3): 1 − 18 + 0.2 < 0 not active.
  const two = {
    count: 2,
    anchor: Int32Array.of(0, 0),
    positive: Int32Array.of(1, 1),
    negative: Int32Array.of(2, 3),
  };
  const loss = (reduction: "sum" | "mean" | "meanActive"): number => tripletLoss(x, two, { reduction }).loss;
  assertClose([loss("sum"), loss("mean"), loss("meanActive")], [0.2, 0.1, 0.2], 1e-6);
});

const problem = fc.record({
  seed: fc.integer(),
  rows: fc.integer({ min: 3, max: 7 }),
  d: fc.integer({ min: 1, max: 5 }),
});

function randomProblem(seed: number, rows: number, d: number) {
  const random = createRandom(seed);
  const x = matrix(
    rows,
    d,
    Float32Array.from({ length: rows * d }, () => random.normal()),
  );
  const count = 6;
  const draw = (): Int32Array => Int32Array.from({ length: count }, () => random.integer(rows));
  return { x, triplets: { count, anchor: draw(), positive: draw(), negative: draw() } };
}

test("tripletLoss() has the value of Eq. 3 and the gradient of central differences in float64", () => {
  fc.assert(
    fc.property(problem, ({ seed, rows, d }) => {
      const { x, triplets } = randomProblem(seed, rows, d);
      const result = tripletLoss(x, triplets, { reduction: "sum" });
      const point = Float64Array.from(x.data);
      assertClose([result.loss], [equation3(point, d, triplets, 0.2)], 1e-5);
      const f = (at: Float64Array): number => equation3(at, d, triplets, 0.2);
      assertClose(result.gradient.data, numericalGradient(f, point), 1e-4);
    }),
    { numRuns: 50 },
  );
});

test("tripletLoss() with the soft margin is ln 2 when positive and negative are equally far", () => {
  // z = 1 − 1 = 0: ln(1 + e⁰), slope σ(0) = ½: d/da = n − p, d/dp = p − a, d/dn = a − n.
  const x = matrixFromRows([
    [0, 0],
    [1, 0],
    [0, 1],
  ]);
  const result = tripletLoss(x, one, { margin: "soft", reduction: "sum" });
  assertClose([result.loss], [Math.LN2], 1e-12);
  assertClose(result.gradient.data, [-1, 1, 1, 0, 0, -1], 1e-12);
  assert.equal(result.active, 1);
});

test("tripletLoss() with the soft margin has the value of ln(1 + eᶻ) and the gradient of central differences in float64", () => {
  fc.assert(
    fc.property(problem, ({ seed, rows, d }) => {
      const { x, triplets } = randomProblem(seed, rows, d);
      // max(0, z + α) with a large α is z + α: that gives each z by itself.
      const f = (at: Float64Array): number =>
        Array.from(triplets.anchor, (_, t) => {
          const single = {
            count: 1,
            anchor: triplets.anchor.slice(t),
            positive: triplets.positive.slice(t),
            negative: triplets.negative.slice(t),
          };
          return Math.log(1 + Math.exp(equation3(at, d, single, 1e4) - 1e4));
        }).reduce((a, b) => a + b);
      const result = tripletLoss(x, triplets, { margin: "soft", reduction: "sum" });
      const point = Float64Array.from(x.data);
      assertClose([result.loss], [f(point)], 1e-7);
      assertClose(result.gradient.data, numericalGradient(f, point), 1e-4);
    }),
    { numRuns: 30 },
  );
});

test("tripletLossOnEngine() agrees on triplets that name a row twice", () => {
  // Anchor = positive: D(a, p) = 0; positive = negative: no gradient.
  const x = matrixFromRows([
    [0, 0],
    [0.3, 0],
    [0, 0.2],
  ]);
  const odd = {
    count: 2,
    anchor: Int32Array.of(0, 0),
    positive: Int32Array.of(0, 1),
    negative: Int32Array.of(2, 1),
  };
  const [reference, engine] = [tripletLoss(x, odd), tripletLossOnEngine(x, odd)];
  assertClose([engine.loss], [reference.loss], 1e-6);
  assertClose(engine.gradient.data, reference.gradient.data, 1e-6);
});

test("tripletLoss() refuses indices outside the batch", () => {
  const outside = { ...one, negative: Int32Array.of(3) };
  assert.throws(
    () => tripletLoss(matrix(3, 2), outside),
    /every negative must lie in \[0, 3\), number 0 is 3/,
  );
});

test("numericalGradient() rejects a gradient that is 1 % wrong", () => {
  const { x, triplets } = randomProblem(4, 6, 4);
  const result = tripletLoss(x, triplets, { reduction: "sum" });
  const wrong = result.gradient.data.map((g) => g * 1.01);
  const right = numericalGradient((at) => equation3(at, 4, triplets, 0.2), Float64Array.from(x.data));
  assert.throws(() => assertClose(wrong, right, 1e-4));
});

test("tripletLoss() refuses a margin outside (0, 4)", () => {
  for (const margin of [0, -1, 4, Number.NaN]) {
    assert.throws(
      () => tripletLoss(matrix(3, 2), one, { margin }),
      /margin must lie in \(0, 4\), current value is/,
    );
  }
});
