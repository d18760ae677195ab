import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { matrixFromRows, squaredL2, takeRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { galleryRanks, type Labelled } from "../../lib/evaluate/galleryRanks";
import { identifyProbes } from "../../lib/evaluate/identification";
import { closedAndOpen, openSet } from "../../lib/evaluate/openSet";
import { drawOpenSet } from "../../lib/evaluate/openSetSplit";
import { assertClose } from "../gradients";
import { clusteredEmbeddings } from "./embeddings";

const side = (rows: number[][], labels: number[]): Labelled => ({ x: matrixFromRows(rows), labels });

/** Nearest distance of a probe to each identity of the gallery, by looking at every image. */
function byDefinition(probe: number, probes: Labelled, gallery: Labelled): Map<number, number> {
  const nearest = new Map<number, number>();
  for (let j = 0; j < gallery.x.rows; j++) {
    const d = squaredL2(probes.x, probe, gallery.x, j);
    nearest.set(gallery.labels[j], Math.min(d, nearest.get(gallery.labels[j]) ?? Number.POSITIVE_INFINITY));
  }
  return nearest;
}

test("galleryRanks() equals the definition, in any blocks", () => {
  const cell = fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 }), fc.nat({ max: 5 }));
  const rows = fc.array(cell, { minLength: 1, maxLength: 15 });
  fc.assert(
    fc.property(rows, rows, (p, g) => {
      const [probes, gallery] = [p, g].map((list) =>
        side(
          list.map(([a, b]) => [a, b]),
          list.map(([, , label]) => label),
        ),
      );
      const { rank, own, nearest } = galleryRanks(probes, gallery, { block: 4 });
      for (let i = 0; i < p.length; i++) {
        const distances = byDefinition(i, probes, gallery);
        const mine = distances.get(probes.labels[i]);
        const as = [...distances.values()].filter((d) => mine !== undefined && d <= mine).length;
        assert.deepEqual([rank[i], own[i]], [as, mine ?? Number.POSITIVE_INFINITY]);
        assert.equal(nearest[i], Math.min(...distances.values()));
      }
    }),
  );
});

test("identifyProbes() by hand: two images of one identity ahead are one rank", () => {
  const gallery = side([[1], [2], [4], [9]], [0, 0, 1, 2]);
  const probes = side([[0], [5], [8], [0]], [1, 1, 2, 99]);
  // Probe 0: identity 0 is ahead (two images): rank 2. Probes 1 and 2: rank 1. Label 99 is not enrolled and is left out.
  const { cmc, probes: count, gallery: images, cmcIntervals } = identifyProbes(probes, gallery, { ranks: 3 });
  assert.deepEqual([count, images, cmc], [3, 4, [2 / 3, 1, 1]]);
  assert.ok(cmcIntervals[0][0] < 2 / 3 && cmcIntervals[0][1] > 2 / 3);
});

test("drawOpenSet() draws by identity: no row twice, every enrolled identity has its images, strangers have none enrolled", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.nat({ max: 9 }), { minLength: 12, maxLength: 60 }),
      fc.integer({ min: 1, max: 3 }),
      (seed, labels, galleryImages) => {
        const sizes = new Map<number, number>();
        for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
        const able = [...sizes.values()].filter((n) => n > galleryImages).length;
        fc.pre(able >= 2);
        const draw = () => drawOpenSet(labels, createRandom(seed), { galleryImages });
        const { gallery, known, strangers } = draw();
        assert.deepEqual(draw(), { gallery, known, strangers });
        const all = [...gallery, ...known, ...strangers].sort((a, b) => a - b);
        assert.deepEqual(all, [...labels.keys()]);
        const enrolled = new Set(Array.from(gallery, (row) => labels[row]));
        assert.equal(enrolled.size, able - Math.round(able / 2));
        assert.equal(gallery.length, enrolled.size * galleryImages);
        for (const row of known) assert.ok(enrolled.has(labels[row]));
        for (const row of strangers) assert.ok(!enrolled.has(labels[row]));
      },
    ),
  );
});

test("drawOpenSet() refuses sets without strangers or without anybody to enrol, and odd options", () => {
  const random = createRandom(1);
  assert.throws(() => drawOpenSet([0, 1, 2], random), /current values are 0 and 3 of 3/);
  assert.throws(() => drawOpenSet([0, 0], random, { strangers: 0.1 }), /current values are 1 and 0 of 1/);
  assert.throws(
    () => drawOpenSet([0, 0], random, { strangers: 1 }),
    /must lie in \(0, 1\), current value is 1/,
  );
  assert.throws(() => drawOpenSet([0, 0], random, { galleryImages: 0 }), /at least 1, current value is 0/);
});

test("openSet() by hand, with tied strangers and a probe that is never first", () => {
  // Rank-1 probes at 1, 2, 5; a probe of rank 2 at 0.5 counts below the line only. Strangers at 1, 3, 3, 6.
  const known = { rank: Int32Array.from([1, 1, 1, 2]), own: Float32Array.from([1, 2, 5, 0.5]) };
  const strangers = { rank: new Int32Array(4), nearest: Float32Array.from([3, 6, 1, 3]) };
  const { curve, points, smallestFar } = openSet(known, strangers, { fars: [0.25, 0.5, 0.75] });
  assert.equal(smallestFar, 0.25);
  assert.deepEqual(
    curve.map(({ threshold, falseAlarms, far, dir }) => [threshold, falseAlarms, far, dir]),
    [
      [1, 0, 0, 0],
      [3, 1, 0.25, 0.5],
      [6, 3, 0.75, 0.75],
      [Number.POSITIVE_INFINITY, 4, 1, 0.75],
    ],
  );
  // Two may pass for FAR 0.5, but the second and third are equally near: only one does.
  assert.deepEqual(
    points.map(({ askedFar, far, dir, threshold }) => [askedFar, far, dir, threshold]),
    [
      [0.25, 0.25, 0.5, 3],
      [0.5, 0.25, 0.5, 3],
      [0.75, 0.75, 0.75, 6],
    ],
  );
  for (const { interval, dir, far, farInterval } of points) {
    assert.ok(interval[0] < dir && dir < interval[1] && farInterval[0] < far && far < farInterval[1]);
  }
});

test("openSet() refuses a FAR below 1 / strangers, and probes in the wrong role", () => {
  const known = { rank: Int32Array.from([1]), own: Float32Array.from([1]) };
  const strangers = { rank: new Int32Array(3), nearest: Float32Array.from([1, 2, 3]) };
  assert.throws(
    () => openSet(known, strangers, { fars: [0.3] }),
    /in \[1 \/ 3, 1\) for 3 strangers, current value is 0\.3/,
  );
  assert.throws(() => openSet(known, strangers, { fars: [1] }), /current value is 1$/);
  assert.throws(() => openSet(known, strangers, { fars: [Number.NaN] }), /current value is NaN/);
  assert.throws(
    () => openSet({ ...known, rank: Int32Array.from([0]) }, strangers),
    /known probes that are all enrolled/,
  );
  assert.throws(
    () => openSet(known, { ...strangers, rank: Int32Array.from([0, 1, 0]) }),
    /strangers that are not/,
  );
  // Three strangers can measure 1/3, none of the default FARs.
  assert.deepEqual(openSet(known, strangers).points, []);
});

test("closedAndOpen() equals counting every probe at every threshold", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { x, labels } = clusteredEmbeddings(seed, 60, 12, 4, 0.8);
      const split = drawOpenSet(labels, createRandom(seed));
      const { closed, open } = closedAndOpen(x, labels, split, { block: 7, fars: [0.5] });
      const of = (rows: Int32Array): Labelled => ({
        x: takeRows(x, rows),
        labels: Array.from(rows, (r) => labels[r]),
      });
      const gallery = of(split.gallery);
      const answers = (rows: Int32Array) =>
        Array.from(rows, (_, i) => {
          const probes = of(rows);
          const [[label, distance]] = [...byDefinition(i, probes, gallery)].sort((a, b) => a[1] - b[1]);
          return { right: label === probes.labels[i], distance };
        });
      const [known, strangers] = [answers(split.known), answers(split.strangers)];
      const rate = (
        list: { distance: number; right: boolean }[],
        threshold: number,
        right: boolean,
      ): number => list.filter((a) => a.distance < threshold && (a.right || !right)).length / list.length;
      // Half-way between two thresholds nothing hangs on rounding.
      for (let i = 0; i + 2 < open.curve.length; i++) {
        const threshold = (open.curve[i].threshold + open.curve[i + 1].threshold) / 2;
        fc.pre(open.curve[i + 1].threshold - open.curve[i].threshold > 1e-5);
        assert.equal(open.curve[i + 1].far, rate(strangers, threshold, false));
      }
      const [point] = open.points;
      assertClose([point.dir], [rate(known, point.threshold, true)], 1e-12);
      assert.ok(point.far <= 0.5);
      assert.equal(closed.rank1, rate(known, Number.POSITIVE_INFINITY, true));
      assert.equal(open.curve[open.curve.length - 1].dir, closed.rank1);
    }),
    { numRuns: 30 },
  );
});
