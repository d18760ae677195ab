import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrix } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { squaredL2OnEngine, squaredL2OnHost } from "../../lib/losses/squaredL2";
import { assertClose, numericalGradient } from "../gradients";
import { assertRelative, normalMatrix } from "./batches";
import { l2, pointsOf, sum } from "./oracle";

const forms = { squaredL2OnHost, squaredL2OnEngine };
/** Of a sum whose terms cancel: float64, and float32. */
const tolerances = { squaredL2OnHost: 1e-9, squaredL2OnEngine: 1e-4 };

for (const [name, form] of Object.entries(forms)) {
  test(`${name}.gradient() is that of Σ C_ij D_ij by central differences in float64`, () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 6 }),
        (seed, n, d) => {
          const random = createRandom(seed);
          const x = normalMatrix(random, n, d);
          const c = normalMatrix(random, n, n).data;
          const f = (at: ArrayLike<number>): number => {
            const points = pointsOf(at, d);
            return sum(points.flatMap((a, i) => points.map((b, j) => c[i * n + j] * l2(a, b) ** 2)));
          };
          const distances = form.distances(x);
          assertClose(
            [sum(distances.map((value, at) => c[at] * value))],
            [f(x.data)],
            tolerances[name as keyof typeof forms],
          );
          const gradient = form.gradient(x, c.slice(), distances, 2);
          const expected = numericalGradient(f, Float64Array.from(x.data)).map((g) => g / 2);
          assertClose(gradient.data, expected, 1e-5);
        },
      ),
      { numRuns: 25 },
    );
  });

  test(`${name}.gradient() sums to 0 over the batch: a shift of all points changes no distance`, () => {
    const x = normalMatrix(createRandom(1), 9, 2);
    const { data } = form.gradient(x, normalMatrix(createRandom(2), 9, 9).data, form.distances(x), 1);
    for (const k of [0, 1]) assertClose([sum(data.filter((_, at) => at % 2 === k))], [0], 1e-4);
  });
}

for (const [name, form] of Object.entries(forms)) {
  test(`${name} of some anchors is the part of the whole matrix, and the other rows get no gradient`, () => {
    const [n, d, anchors] = [9, 3, 4];
    const x = normalMatrix(createRandom(5), n, d);
    // A row of the constants nearly coincides with an anchor.
    for (let k = 0; k < d; k++) x.data[6 * d + k] = x.data[2 * d + k] + 1e-3;
    const slopes = normalMatrix(createRandom(6), anchors, n).data;
    const [all, some] = [form.distances(x), form.distances(x, anchors)];
    assertClose(some, all.slice(0, anchors * n), 1e-6);
    const padded = new Float32Array(n * n);
    padded.set(slopes);
    const whole = form.gradient(x, padded, all, 2);
    const part = form.gradient(x, slopes, some, 2);
    assert.deepEqual([part.rows, part.columns], [anchors, d]);
    assertClose(part.data, whole.data.slice(0, anchors * d), 1e-5);
  });
}

test("squaredL2OnEngine keeps the relative precision of points that nearly coincide", () => {
  // Around one point of length 1: 1e-4 apart in every direction, where 2 − 2 x·y in float32 is rounding.
  const center = normalMatrix(createRandom(3), 1, 16).data;
  const length = Math.hypot(...center);
  const noise = normalMatrix(createRandom(4), 6, 16).data;
  const x = matrix(
    6,
    16,
    noise.map((v, at) => center[at % 16] / length + 1e-4 * v),
  );
  const [host, engine] = [squaredL2OnHost.distances(x), squaredL2OnEngine.distances(x)];
  for (let at = 0; at < 36; at++) assertRelative([engine[at]], [host[at]], 1e-6, "distance");
  const slopes = Float64Array.from(host, (d) => (d > 0 ? 1 / Math.sqrt(d) : 0));
  const gradients = Object.values(forms).map((form) => form.gradient(x, slopes.slice(), host, 1).data);
  assertRelative(gradients[1], gradients[0], 1e-6, "gradient");
});

test("squaredL2OnEngine.distances() is symmetric with zeros on the diagonal and never negative", () => {
  const x = normalMatrix(createRandom(5), 40, 24);
  x.data.copyWithin(24, 0, 24);
  const d = squaredL2OnEngine.distances(x);
  for (let i = 0; i < 40; i++) {
    assert.equal(d[i * 40 + i], 0);
    for (let j = 0; j < 40; j++) assert.ok(d[i * 40 + j] === d[j * 40 + i] && d[i * 40 + j] >= 0);
  }
  assert.equal(d[1], 0, "rows 0 and 1 are one point");
});
