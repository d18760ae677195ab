import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { movesOf } from "../../lib/synthetic/expression";
import { drawFaceShape, lengthNames, mouthY } from "../../lib/synthetic/faceShape";
import { COLUMNS, ROWS, SEAM_ROW, TRIANGLES, VERTICES } from "../../lib/synthetic/headGrid";
import { headSurface } from "../../lib/synthetic/headSurface";
import { aged, identityOf } from "../../lib/synthetic/identity";

const people = Array.from({ length: 40 }, (_, k) => identityOf(k));

test("identityOf() gives the same person for the same seed and another for another", () => {
  assert.deepEqual(identityOf(5), identityOf(5));
  for (const name of lengthNames.slice(0, 12)) assert.notEqual(people[1].shape[name], people[2].shape[name]);
});

test("drawFaceShape() keeps the order of eyes, nose, mouth and chin, and its spread grows with variety", () => {
  const factors = { sex: 0, heft: 0, south: 0, east: 0 };
  const widths = (variety: number): number[] =>
    Array.from({ length: 60 }, (_, k) => drawFaceShape(createRandom(k), factors, variety).jawWidth);
  const range = (values: number[]): number => Math.max(...values) - Math.min(...values);
  assert.ok(range(widths(1.5)) > 1.2 * range(widths(0.5)));
  for (const { shape } of people) {
    assert.ok(shape.browY > 0.8);
    assert.ok(
      shape.noseBase < -3 && mouthY(shape) < shape.noseBase && shape.chinY < mouthY(shape) - shape.lowerLip,
    );
  }
});

test("drawFaceShape() without variety gives the mean head of its factors", () => {
  const factors = { sex: 1, heft: 0, south: 0, east: 0 };
  const a = drawFaceShape(createRandom(1), factors, 0);
  const b = drawFaceShape(createRandom(2), factors, 0);
  assert.deepEqual(a, b);
});

test("headSurface() is mirror-symmetric but for the four skewed lengths", () => {
  const shape = { ...people[3].shape, browSkew: 0, eyeSkew: 0, noseSkew: 0, mouthSkew: 0 };
  const { positions } = headSurface(shape, 40);
  for (let j = 0; j < ROWS; j++) {
    for (let i = 0; i < COLUMNS; i++) {
      const o = 3 * (j * COLUMNS + i);
      const m = 3 * (j * COLUMNS + COLUMNS - 1 - i);
      assert.ok(Math.abs(positions[o] + positions[m]) < 1e-4);
      assert.ok(Math.abs(positions[o + 1] - positions[m + 1]) < 1e-4);
      assert.ok(Math.abs(positions[o + 2] - positions[m + 2]) < 1e-4);
    }
  }
});

test("headSurface() encloses a plausible volume with every triangle index in range", () => {
  assert.ok(TRIANGLES.every((v) => v < VERTICES));
  for (const { shape, age } of people.slice(0, 10)) {
    const { positions: p } = headSurface(shape, age);
    let volume = 0;
    for (let t = 0; t < TRIANGLES.length; t += 3) {
      const [a, b, c] = [3 * TRIANGLES[t], 3 * TRIANGLES[t + 1], 3 * TRIANGLES[t + 2]];
      volume +=
        (p[a] * (p[b + 1] * p[c + 2] - p[b + 2] * p[c + 1]) +
          p[a + 1] * (p[b + 2] * p[c] - p[b] * p[c + 2]) +
          p[a + 2] * (p[b] * p[c + 1] - p[b + 1] * p[c])) /
        6;
    }
    // An adult head and neck hold about 4 to 6.5 litres; the sign says that triangles face outwards.
    assert.ok(volume > 3000 && volume < 8000, `${volume} cm³`);
  }
});

test("movesOf() parts the lips when the jaw opens and keeps the corners of the mouth together", () => {
  const { shape, age } = people[4];
  const { positions } = headSurface(shape, age);
  const { open } = movesOf(shape, positions);
  for (let i = 0; i < COLUMNS; i++) {
    const up = 3 * (SEAM_ROW * COLUMNS + i);
    const low = up + 3 * COLUMNS;
    const gap = open[up + 1] - open[low + 1];
    const x = Math.abs(positions[up]);
    if (positions[up + 2] < 0) continue;
    if (x < 0.5) assert.ok(gap > 0.8, `${gap} cm at ${x}`);
    if (x > 1.05 * shape.mouthWidth) assert.ok(Math.abs(gap) < 0.05, `${gap} cm at ${x}`);
  }
});

test("aged() changes nothing for 0 years, and adds grey and bags for 30", () => {
  assert.equal(aged(people[0], 0), people[0]);
  const young = { ...people[0], age: 45 };
  const old = aged(young, 30);
  assert.equal(old.age, 75);
  assert.ok(old.colouring.grey > young.colouring.grey);
  assert.ok(old.shape.bags > young.shape.bags);
  assert.equal(old.shape.eyeX, young.shape.eyeX);
});
