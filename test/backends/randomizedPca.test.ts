import assert from "node:assert/strict";
import test from "node:test";
import { transform } from "../../lib/backends/linearMap";
import { type RowBlocks, randomizedPca } from "../../lib/backends/randomizedPca";
import { symmetricEigen } from "../../lib/core/eigen";
import { matrix } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { centred, columnMeans, scatter } from "../../lib/core/scatter";
import { assertClose } from "../gradients";

const [n, d] = [700, 90];

/** Rows whose variance falls along hidden axes, with a mean that is far from 0. */
function samples(): Float32Array {
  const random = createRandom(3);
  const axes = Array.from({ length: d * d }, () => random.normal() / Math.sqrt(d));
  const data = new Float32Array(n * d);
  for (let i = 0; i < n; i++) {
    const hidden = Array.from({ length: d }, (_, k) => random.normal() * 0.9 ** k);
    for (let j = 0; j < d; j++)
      data[i * d + j] = hidden.reduce((sum, v, k) => sum + v * axes[k * d + j], 0) + (j % 7);
  }
  return data;
}

const blocks = (data: Float32Array): RowBlocks => ({
  rows: data.length / d,
  columns: d,
  block: (start, end) => data.slice(start * d, end * d),
});

test("randomizedPca() finds the axes and variances of the whole covariance", async () => {
  const data = samples();
  const x = matrix(n, d, data);
  const { values, vectors } = symmetricEigen(
    scatter(centred(x, columnMeans(x)), n, d).map((sum) => sum / (n - 1)),
    d,
  );
  const { map, variances } = await randomizedPca(blocks(data), { dimensions: 12 });
  for (let k = 0; k < 12; k++) {
    assert.ok(Math.abs(variances[k] / values[k] - 1) < 2e-3, `${variances[k]} ${values[k]}`);
    let cosine = 0;
    for (let j = 0; j < d; j++) cosine += map.weights.data[k * d + j] * vectors[k][j];
    assert.ok(Math.abs(cosine) > 0.99, `axis ${k}: ${cosine}`);
  }
  // Mean 0, no covariance, and the variances that it says.
  const y = transform(map, x);
  assertClose(columnMeans(y), new Array(12).fill(0), 1e-4);
  const s = scatter(centred(y, columnMeans(y)), n, 12).map((sum) => sum / (n - 1));
  assertClose(
    s,
    Array.from(s, (_, i) => (i % 13 === 0 ? variances[i / 13] : 0)),
    1e-4,
  );
});

test("randomizedPca() is worse with fewer rounds on a flat spectrum, repeats itself, and asks for all of its rows as often as it says", async () => {
  const random = createRandom(5);
  const data = Float32Array.from({ length: n * d }, () => random.normal());
  const explained = async (rounds: number): Promise<number> =>
    (await randomizedPca(blocks(data), { dimensions: 5, oversampling: 2, rounds })).variances[0];
  assert.ok((await explained(8)) > (await explained(1)));
  const asked = new Int32Array(n);
  const events: number[] = [];
  const counted: RowBlocks = {
    ...blocks(data),
    block: (start, end) => {
      for (let i = start; i < end; i++) asked[i]++;
      return data.slice(start * d, end * d);
    },
  };
  const options = { dimensions: 3, rounds: 3, seed: 2 };
  const first = await randomizedPca(counted, {
    ...options,
    progress: ({ done, total = 0 }) => events.push(done / total),
  });
  assert.ok(asked.every((count) => count === 5));
  assert.equal(events.at(-1), 1);
  const again = await randomizedPca(blocks(data), options);
  assert.deepEqual(again.map.weights.data, first.map.weights.data);
  const other = await randomizedPca(blocks(data), { ...options, seed: 3 });
  assert.notDeepEqual(other.map.weights.data, first.map.weights.data);
});

test("randomizedPca() refuses more axes than there are, and rows that do not spread", async () => {
  const few = blocks(samples().slice(0, 4 * d));
  await assert.rejects(randomizedPca(few, { dimensions: 4 }), {
    name: "LabError",
    message: /4 rows of 90 values have at most 3, current value of dimensions is 4/,
  });
  await assert.rejects(randomizedPca(few, { dimensions: 0 }), /dimensions must be an integer of at least 1/);
  await assert.rejects(randomizedPca(few, { dimensions: 1, rounds: 0.5 }), /rounds must be/);
  await assert.rejects(randomizedPca(few, { dimensions: 1, oversampling: 0 }), /the oversampling must be/);
  await assert.rejects(randomizedPca(blocks(new Float32Array(9 * d).fill(1)), { dimensions: 2 }), {
    name: "LabError",
    message: /must spread over/,
  });
});
