import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { identify } from "../../lib/evaluate/identification";
import { closedAndOpen } from "../../lib/evaluate/openSet";
import { drawOpenSet } from "../../lib/evaluate/openSetSplit";
import { probeIntervals } from "../../lib/evaluate/probeIntervals";
import { wilsonInterval } from "../../lib/evaluate/statistics";
import { clusteredEmbeddings } from "./embeddings";

test("probeIntervals() is as wide as identities are few: copies of an image add nothing", () => {
  // 100 people, half of them always found. Ten copies of each image leave the interval; Wilson's shrinks by √10.
  const people = Array.from({ length: 100 }, (_, i) => i);
  const [alone, copies] = [1, 10].map((times) => {
    const labels = people.flatMap((id) => Array.from({ length: times }, () => id));
    return probeIntervals(labels, createRandom(1))?.(labels.map((id) => id % 2));
  });
  assert.ok(alone && copies);
  assert.deepEqual(copies, alone);
  // Binomial: 0.5 ± 1.96 · √(0.25 / 100) = 0.402 to 0.598; 200 resamples find it within about 0.02.
  assert.ok(Math.abs(alone[0] - 0.402) < 0.03 && Math.abs(alone[1] - 0.598) < 0.03, String(alone));
  assert.ok(wilsonInterval(500, 1000)[0] > alone[0]);
});

test("probeIntervals() takes any labels, and is undefined with fewer than ten of them", () => {
  const labels = [900, -3, 7, 1e6, 12, 50, 51, 52, 53];
  assert.equal(probeIntervals(labels, createRandom(1)), undefined);
  const interval = probeIntervals([...labels, 54], createRandom(1));
  assert.deepEqual(interval?.(new Array(10).fill(1)), [1, 1]);
});

test("identify() gives intervals over identities where it can draw them, growing with the rank", () => {
  const { x, labels } = clusteredEmbeddings(4, 240, 40, 6, 0.8);
  const { cmc, cmcOverIdentities: intervals } = identify(x, labels, { random: createRandom(2) });
  assert.equal(intervals?.length, 10);
  intervals.forEach(([low, high], r) => {
    assert.ok(low <= cmc[r] && cmc[r] <= high);
    if (r > 0) assert.ok(low >= intervals[r - 1][0] && high >= intervals[r - 1][1]);
  });
  assert.equal(identify(x, labels).cmcOverIdentities, undefined);
  const few = labels.map((label) => label % 9);
  assert.equal(identify(x, few, { random: createRandom(2) }).cmcOverIdentities, undefined);
});

test("closedAndOpen() gives DIR and FAR intervals over identities around the rates", () => {
  const { x, labels } = clusteredEmbeddings(5, 300, 50, 8, 0.5);
  const split = drawOpenSet(labels, createRandom(1));
  const { closed, open } = closedAndOpen(x, labels, split, {
    random: createRandom(2),
    fars: [0.1, 0.05],
  });
  for (const { dir, far, dirOverIdentities: d, farOverIdentities: f } of open.points) {
    assert.ok(d && d[0] < dir && dir < d[1]);
    assert.ok(f && f[0] <= far && far <= f[1] && f[0] < f[1]);
  }
  assert.equal(closed.cmcOverIdentities?.length, 10);
  assert.equal(closedAndOpen(x, labels, split).open.points[0].dirOverIdentities, undefined);
});
