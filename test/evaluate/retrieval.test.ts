import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import fc from "fast-check";
import { packageRoot } from "../../lib/core/folders";
import { matrixFromRows, squaredL2 } from "../../lib/core/matrix";
import type { Labelled } from "../../lib/evaluate/galleryRanks";
import { identifyProbes } from "../../lib/evaluate/identification";
import { type RetrievalResult, retrieval } from "../../lib/evaluate/retrieval";
import { assertClose } from "../gradients";

/** pytorch-metric-learning's scores; `made` in the file names command, versions and date. */
const golden = JSON.parse(
  readFileSync(join(packageRoot(), "test", "golden", "retrieval.json"), "utf8"),
) as Readonly<Record<"x" | "queries", number[][]>> &
  Readonly<Record<"labels" | "queryLabels", number[]>> &
  Readonly<Record<"leaveOneOut" | "gallery", Readonly<Record<string, number>>>>;

const side = (rows: readonly number[][], labels: readonly number[]): Labelled => ({
  x: matrixFromRows(rows),
  labels,
});
const onLine = (places: readonly number[], labels: readonly number[]): Labelled =>
  side(
    places.map((place) => [place]),
    labels,
  );

function assertGolden(found: RetrievalResult, wanted: Readonly<Record<string, number>>): void {
  assertClose(
    [found.precisionAt1, found.rPrecision, found.mapAtR, found.map],
    [
      wanted.precision_at_1,
      wanted.r_precision,
      wanted.mean_average_precision_at_r,
      wanted.mean_average_precision,
    ],
    1e-12,
  );
}

test("retrieval() equals pytorch-metric-learning's scores of queries in a gallery", () => {
  const items = side(golden.x, golden.labels);
  assertGolden(retrieval(side(golden.queries, golden.queryLabels), items), golden.gallery);
});

test("retrieval() that ignores the query itself equals pytorch-metric-learning's leave-one-out scores", () => {
  const all = side(golden.x, golden.labels);
  const found = retrieval(all, all, { ignore: (query, item) => query === item, block: 7 });
  assertGolden(found, golden.leaveOneOut);
  // Two labels occur once.
  assert.equal(found.queries, 78);
  assert.deepEqual(Array.from(found.averagePrecision.subarray(0, 2)), [Number.NaN, Number.NaN]);
});

/*
 * The query at 0 has R = 3 matches at 1, 3 and 6 among others at 2, 4 and 5: places 1, 3 and 6.
 * AP = (1/1 + 2/3 + 3/6) / 3 = 13/18; within the 3 nearest: 2 matches, R-precision 2/3, MAP@R (1 + 2/3) / 3 = 5/9.
 */
test("retrieval() equals values worked by hand", () => {
  const found = retrieval(onLine([0], [7]), onLine([1, 2, 3, 4, 5, 6], [7, 1, 7, 1, 1, 7]), { ranks: 2 });
  assertClose([found.map, found.rPrecision, found.mapAtR], [13 / 18, 2 / 3, 5 / 9], 1e-12);
  assert.deepEqual([found.precisionAt1, ...found.recallAt], [1, 1, 1]);
});

test("retrieval() lets an equally near item of another label stand first", () => {
  const found = retrieval(onLine([0], [7]), onLine([1, -1, 2], [7, 1, 7]), { ranks: 3 });
  // Places 2 and 3: AP = (1/2 + 2/3) / 2 = 7/12.
  assertClose([found.map], [7 / 12], 1e-12);
  assert.deepEqual(found.recallAt, [0, 1, 1]);
});

/** Every score by sorting the items of each query. Equal distances: other labels first. */
function byDefinition(queries: Labelled, items: Labelled, ignore: (q: number, i: number) => boolean) {
  const scores: number[][] = [];
  for (let q = 0; q < queries.x.rows; q++) {
    const ranking = Array.from({ length: items.x.rows }, (_, i) => i)
      .filter((i) => !ignore(q, i))
      .map((i) => ({
        d: squaredL2(queries.x, q, items.x, i),
        match: items.labels[i] === queries.labels[q] ? 1 : 0,
      }))
      .sort((a, b) => a.d - b.d || a.match - b.match)
      .map(({ match }) => match);
    const r = ranking.filter(Boolean).length;
    if (r === 0) continue;
    const hits = (k: number): number => ranking.slice(0, k).filter(Boolean).length;
    const precisions = ranking.map((match, i) => (match * hits(i + 1)) / (i + 1));
    const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
    scores.push([ranking[0], hits(r) / r, sum(precisions.slice(0, r)) / r, sum(precisions) / r]);
  }
  return [0, 1, 2, 3].map((c) => scores.reduce((sum, row) => sum + row[c] / scores.length, 0));
}

test("retrieval() equals the definition with ties and ignored items, in any blocks", () => {
  const cell = fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 3 }));
  const rows = fc.array(cell, { minLength: 1, maxLength: 14 });
  const labelled = (list: readonly (readonly [number, number])[]): Labelled =>
    onLine(
      list.map(([place]) => place),
      list.map(([, label]) => label),
    );
  fc.assert(
    fc.property(rows, rows, fc.nat({ max: 3 }), (q, g, every) => {
      const ignore = (query: number, item: number): boolean => (query + item) % 4 === every;
      const wanted = byDefinition(labelled(q), labelled(g), ignore);
      if (wanted.every((score) => score === 0)) return;
      const found = retrieval(labelled(q), labelled(g), { ignore, block: 3 });
      assertClose([found.precisionAt1, found.rPrecision, found.mapAtR, found.map], wanted, 1e-9);
    }),
  );
});

test("retrieval() with one item of each label has the CMC of identifyProbes() as recall", () => {
  const probes = onLine([0.1, 1.4, 2.2, 3.9], [0, 1, 2, 3]);
  const gallery = onLine([0, 1, 3, 2], [0, 1, 2, 3]);
  const { recallAt } = retrieval(probes, gallery, { ranks: 4 });
  assert.deepEqual(recallAt, identifyProbes(probes, gallery, { ranks: 4 }).cmc);
});

test("retrieval() refuses missing labels, ranks out of range and queries without any match", () => {
  const one = onLine([0], [1]);
  assert.throws(
    () => retrieval({ ...one, labels: [] }, one),
    /^RangeError: Cannot score a retrieval: one label for each of 1 queries is needed, current value is 0/,
  );
  assert.throws(
    () => retrieval(one, one, { ranks: 0 }),
    /^RangeError: .*ranks .* at least 1, current value is 0/,
  );
  assert.throws(
    () => retrieval(one, onLine([1], [2])),
    /^RangeError: .*at least one query .* current value is 0/,
  );
});
