import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { disturb, type Photometric, still } from "../../lib/train/photometric";

const SIZE = 24;
const DARK = -2;

/** A crop of one value, or of noise, after a disturbance. */
function disturbed(how: Partial<Photometric>, seed: number, value?: number): Float32Array {
  const random = createRandom(99);
  const out = Float32Array.from({ length: SIZE * SIZE * 3 }, () => value ?? random.normal());
  disturb(out, SIZE, 3, { ...still, ...how }, createRandom(seed), DARK);
  return out;
}

test("disturb() changes nothing, and draws nothing, when everything is switched off", () => {
  const random = createRandom(5);
  const before = random.state();
  const out = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
  disturb(out, 2, 3, still, random, DARK);
  assert.deepEqual([...out], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.deepEqual(random.state(), before);
});

test("disturb() gives the same for the same seed, another for another, and only finite values", () => {
  const all: Photometric = { colour: 0.3, ramp: 1, coarse: 1, erase: 1, noise: 0.3 };
  assert.deepEqual(disturbed(all, 1), disturbed(all, 1));
  assert.notDeepEqual(disturbed(all, 1), disturbed(all, 2));
  for (let seed = 0; seed < 50; seed++) assert.ok(disturbed(all, seed).every(Number.isFinite));
});

test("disturb() with coloured light scales each channel alike everywhere and leaves black black", () => {
  const out = disturbed({ colour: 0.3 }, 3, 1);
  for (let i = 3; i < out.length; i++) assert.equal(out[i], out[i - 3]);
  assert.ok(new Set(out.slice(0, 3)).size === 3);
  assert.ok(disturbed({ colour: 0.3, ramp: 1 }, 3, DARK).every((v) => v === DARK));
});

test("disturb() with a ramp is bright on one side: opposite corners differ most and multiply to the centre's square", () => {
  const out = disturbed({ ramp: 1 }, 4, 0);
  const light = (x: number, y: number): number => out[(y * SIZE + x) * 3] - DARK;
  const centre = (0 - DARK) ** 2;
  // exp(s) · exp(−s) = 1: pixels mirrored in the centre (12, 12).
  for (const [x, y] of [
    [1, 1],
    [1, 23],
    [5, 17],
  ] as const) {
    assert.ok(Math.abs(light(x, y) * light(24 - x, 24 - y) - centre) < 1e-4);
  }
  assert.ok(new Set(out).size > SIZE);
});

test("disturb() coarsens to fewer details but keeps a flat crop and the mean", () => {
  assert.ok(disturbed({ coarse: 1 }, 1, 0.5).every((v) => Math.abs(v - 0.5) < 1e-6));
  const [before, after] = [disturbed({}, 1), disturbed({ coarse: 1 }, 1)];
  const mean = (v: Float32Array): number => v.reduce((a, b) => a + b, 0) / v.length;
  const power = (v: Float32Array): number => v.reduce((a, b) => a + b * b, 0) / v.length;
  assert.ok(Math.abs(mean(before) - mean(after)) < 0.05);
  assert.ok(power(after) < 0.5 * power(before));
});

test("disturb() covers one rectangle of 10 to 30 % of the area with one colour", () => {
  for (let seed = 0; seed < 30; seed++) {
    const before = disturbed({}, seed);
    const after = disturbed({ erase: 1 }, seed);
    const covered = Array.from({ length: SIZE * SIZE }, (_, i) => i).filter(
      (i) => after[3 * i] !== before[3 * i],
    );
    const share = covered.length / SIZE ** 2;
    assert.ok(share > 0.08 && share < 0.33, `${share}`);
    assert.equal(new Set(covered.map((i) => after[3 * i])).size, 1);
    const xs = covered.map((i) => i % SIZE);
    const ys = covered.map((i) => Math.floor(i / SIZE));
    const box = (Math.max(...xs) - Math.min(...xs) + 1) * (Math.max(...ys) - Math.min(...ys) + 1);
    assert.equal(box, covered.length);
  }
});

test("disturb() adds noise of at most the asked spread", () => {
  for (let seed = 0; seed < 20; seed++) {
    const out = disturbed({ noise: 0.25 }, seed, 0);
    const spread = Math.sqrt(out.reduce((a, b) => a + b * b, 0) / out.length);
    assert.ok(spread > 0 && spread < 0.26, `${spread}`);
  }
});
