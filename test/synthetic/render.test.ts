import assert from "node:assert/strict";
import test from "node:test";
import { rotation } from "../../lib/synthetic/camera";
import { COLUMNS, gridNormals, ROWS } from "../../lib/synthetic/headGrid";
import { identityOf } from "../../lib/synthetic/identity";
import { lightOf, lightVertices } from "../../lib/synthetic/light";
import { drawNuisance, type Nuisance, occlusions, plain } from "../../lib/synthetic/nuisance";
import { buildPerson } from "../../lib/synthetic/person";
import { createTarget, NOTHING, rasterise } from "../../lib/synthetic/rasterise";
import { render } from "../../lib/synthetic/render";

const person = buildPerson(identityOf(11));
const other = buildPerson(identityOf(12));
const size = 64;
const drawn = (n: Partial<Nuisance>) => render(person, { ...plain, ...n }, { size });
const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, v, i) => sum + Math.abs(v - b[i]), 0) / a.length;

test("render() gives the same bytes and points for the same person and nuisance", () => {
  const again = buildPerson(identityOf(11));
  const n = drawNuisance(3);
  assert.deepEqual(render(person, n, { size }), render(again, n, { size }));
});

test("render() changes the picture with each factor", () => {
  const base = drawn({ noise: 0 }).image.data;
  const changes: Partial<Nuisance>[] = [
    { yaw: 20 },
    { pitch: 15 },
    { roll: 15 },
    { smile: 1 },
    { open: 1 },
    { browUp: 1 },
    { frown: 1 },
    { pucker: 1 },
    { sad: 1 },
    { lids: 0.2 },
    { gazeX: 25 },
    { gazeY: 20 },
    { lightYaw: -60 },
    { lightPitch: 70 },
    { lightShare: 0.9 },
    { lightKelvin: 3200 },
    { fillKelvin: 3200 },
    { exposure: 1 },
    { focal: 28 },
    { eyeSpan: 0.26 },
    { shiftX: 0.1 },
    { shiftY: 0.1 },
    { scene: 9 },
    { blur: 2 },
    { motion: 5 },
    { contrast: 1.4 },
    { saturation: 0.2 },
    ...occlusions.slice(1).map((occlusion) => ({ occlusion })),
  ];
  for (const change of changes) {
    const changed = drawn({ noise: 0, ...change }).image.data;
    assert.ok(difference(base, changed) > 0.01, JSON.stringify(change));
  }
  assert.ok(difference(base, drawn({ noise: 0.05 }).image.data) > 0.5);
  assert.ok(difference(base, render(other, { ...plain, noise: 0 }, { size }).image.data) > 3);
});

test("buildPerson() shows years in the picture", () => {
  const old = buildPerson(identityOf(11), 30);
  const n = { ...plain, noise: 0 };
  assert.ok(difference(render(person, n, { size }).image.data, render(old, n, { size }).image.data) > 0.3);
});

test("render() puts the frontal points where the camera says", () => {
  const { landmarks } = drawn({});
  const [lx, ly, rx, ry, nx, ny, mx, my, ox] = landmarks;
  const { shape } = person.identity;
  // The eyes lie near the plane of the camera's scale: eyeSpan · size pixels for the mean distance of 2 · 3.16 cm.
  const wanted = (plain.eyeSpan * size * shape.eyeX) / 3.16;
  assert.ok(Math.abs(rx - lx - wanted) < 0.12 * wanted, `${rx - lx} against ${wanted}`);
  assert.ok(Math.abs(ly - ry) < 0.2);
  assert.ok(nx > lx && nx < rx && ny > ly && my > ny && mx < ox);
});

test("render() moves the nose to the side to which the head turns and the eyes with a roll", () => {
  const left = drawn({ yaw: -30 }).landmarks;
  const right = drawn({ yaw: 30 }).landmarks;
  const middle = (p: Float32Array): number => (p[0] + p[2]) / 2;
  assert.ok(right[4] > middle(right) && left[4] < middle(left));
  const rolled = drawn({ roll: 20 }).landmarks;
  const angle = (Math.atan2(rolled[3] - rolled[1], rolled[2] - rolled[0]) * 180) / Math.PI;
  assert.ok(Math.abs(angle - 20) < 1.5, `${angle}°`);
});

test("render() refuses a size out of range", () => {
  assert.throws(
    () => render(person, plain, { size: 8 }),
    /Cannot render: the size must be .* current value is 8/,
  );
});

test("rasterise() draws the nearer of two triangles and interpolates with perspective", () => {
  const target = createTarget(8);
  // Corner 1 is twice as far as the others: in the middle of the edge 0–1 the weights are 2 : 1 (hand-worked from 1/z).
  const screen = Float32Array.from([0, 0, 1, 0, 7, 0.5, 7, 0, 1]);
  rasterise(target, 3, screen, Uint32Array.from([0, 1, 2]));
  const o = 3 * 8;
  assert.equal(target.part[o], 3);
  const t = 3 / 7;
  const expected = (t * 0.5) / ((1 - t) * 1 + t * 0.5);
  assert.ok(Math.abs(target.second[o] - expected) < 1e-6);
  const near = Float32Array.from([0, 0, 2, 0, 7, 2, 7, 0, 2]);
  rasterise(target, 4, near, Uint32Array.from([0, 1, 2]));
  assert.equal(target.part[o], 4);
  rasterise(target, 5, screen, Uint32Array.from([0, 1, 2]));
  assert.equal(target.part[o], 4);
});

test("rasterise() leaves out triangles that face away unless asked", () => {
  const target = createTarget(8);
  const screen = Float32Array.from([0, 0, 1, 0, 7, 1, 7, 0, 1]);
  rasterise(target, 0, screen, Uint32Array.from([0, 2, 1]));
  assert.ok(target.part.every((p) => p === NOTHING));
  rasterise(target, 0, screen, Uint32Array.from([0, 2, 1]), { twoSided: true });
  assert.ok(target.part.some((p) => p === 0));
});

test("lightVertices() shades the side away from the lamp and the underside of the nose", () => {
  const normals = gridNormals(person.positions, COLUMNS, ROWS, true);
  const share = (lightYaw: number, lightPitch: number): Float32Array =>
    lightVertices(
      normals,
      person.seen,
      lightOf({ ...plain, lightYaw, lightPitch }, [0.6, 0.4, 0.3]),
      rotation(0, 0, 0),
    ).keyShare;
  const mean = (values: Float32Array, keep: (x: number, y: number, z: number) => boolean): number => {
    let [sum, count] = [0, 0];
    for (let v = 0; v < values.length; v++) {
      const [x, y, z] = person.positions.subarray(3 * v, 3 * v + 3);
      if (!keep(x, y, z)) continue;
      sum += values[v];
      count++;
    }
    return sum / count;
  };
  const lit = share(80, 10);
  assert.ok(mean(lit, (x, y, z) => x > 3 && y < 0 && y > -8 && z > -4) > 0.6);
  assert.ok(mean(lit, (x, y, z) => x < -3 && y < 0 && y > -8 && z > -6) < 0.35);
  const above = share(0, 70);
  const lip = (x: number, y: number, z: number): boolean =>
    Math.abs(x) < 0.6 &&
    z > 0 &&
    y < person.identity.shape.noseBase &&
    y > person.identity.shape.noseBase - 0.8;
  const forehead = (x: number, y: number, z: number): boolean =>
    Math.abs(x) < 1 && y > 3 && y < 4.5 && z > -2;
  assert.ok(mean(above, lip) < 0.8 * mean(above, forehead));
});
