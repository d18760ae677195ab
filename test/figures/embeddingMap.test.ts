import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { type EmbeddingMapData, embeddingMap } from "../../lib/figures/embeddingMap";
import type { Figure, Trace } from "../../lib/figures/figure";
import { assertLabelled, numbersOf, titleOf, traceOf } from "./figures";
import { hostileNames } from "./names";

/** Point i lies at (i, 100 + i). */
function mapOf(labels: readonly number[], more: Partial<EmbeddingMapData> = {}): Figure {
  const identities = Array.from({ length: Math.max(0, ...labels) + 1 }, (_, i) => `identity ${i}`);
  const positions = Float32Array.from(labels.flatMap((_, i) => [i, 100 + i]));
  return embeddingMap({ positions, labels, identities, name: "UMAP", ...more });
}

const pointsOf = (figure: Figure): Trace[] => figure.data.filter((trace) => trace.mode === "markers");

test("embeddingMap() draws every row once, at its position, in its identity's trace", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 60 }), (labels) => {
      const rows: number[] = [];
      for (const trace of pointsOf(mapOf(labels))) {
        const customdata = numbersOf(trace, "customdata");
        assert.deepEqual([trace.x, trace.y], [customdata, customdata.map((i) => 100 + i)]);
        if (trace.name !== "other identities") {
          for (const i of customdata) assert.equal(trace.name, `identity ${labels[i]}`);
        }
        rows.push(...customdata);
      }
      assert.deepEqual(
        rows.sort((a, b) => a - b),
        labels.map((_, i) => i),
      );
    }),
  );
});

test("embeddingMap() gives the eight identities with most images a colour and a shape, the smaller index first", () => {
  // Identity k has one image, but 3 has three and 9 has two.
  const labels = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 3, 9, 3];
  const [others, ...largest] = pointsOf(mapOf(labels));
  assert.deepEqual(
    largest.map((trace) => trace.name),
    [3, 9, 0, 1, 2, 4, 5, 6].map((k) => `identity ${k}`),
  );
  assert.deepEqual(others.customdata, [7, 8]);
  const markers = largest.map((trace) => trace.marker as { color: string; symbol: string });
  assert.equal(new Set(markers.map(({ color }) => color)).size, 8);
  assert.equal(new Set(markers.map(({ symbol }) => symbol)).size, 8);
});

test("embeddingMap() joins the positions of hard pairs", () => {
  const figure = mapOf([0, 0, 1, 1], {
    hardPositives: [{ first: 0, second: 1, distance: 2 }],
    hardNegatives: [
      { first: 1, second: 2, distance: 0.5 },
      { first: 3, second: 0, distance: 0.6 },
    ],
  });
  assertLabelled(figure);
  const positives = traceOf(figure, "hard positives");
  assert.deepEqual(
    [positives.x, positives.y],
    [
      [0, 1, null],
      [100, 101, null],
    ],
  );
  const negatives = traceOf(figure, "hard negatives");
  assert.deepEqual(negatives.x, [1, 2, null, 3, 0, null]);
  // The report's "hard pairs" button hides traces 0 and 1.
  assert.deepEqual([figure.data[0], figure.data[1]], [positives, negatives]);
  assert.match(figure.alt, /4 images of 2 identities with 1 hard positive and 2 hard negative pairs/);
});

test("embeddingMap() keeps traces that are empty out of the legend", () => {
  const shown = (figure: Figure): unknown[] =>
    figure.data.filter((trace) => trace.showlegend).map((trace) => trace.name);
  assert.deepEqual(shown(mapOf([])), []);
  assert.deepEqual(shown(mapOf([0])), ["identity 0"]);
  assert.equal(titleOf(mapOf([0]).layout), "UMAP of 1 test image of 1 identity");
});

test("embeddingMap() puts the note into the title and not on the axes", () => {
  const { layout } = mapOf([0, 1], { name: "PCA", note: "23 % of the variance" });
  assert.equal(titleOf(layout), "PCA of 2 test images of 2 identities, 23 % of the variance");
  assert.equal(titleOf(layout.xaxis), "PCA 1 (no unit)");
});

test("embeddingMap() writes names that Plotly cannot take for markup", () => {
  for (const name of hostileNames) {
    const [, trace] = pointsOf(mapOf([0], { identities: [name] }));
    assert.doesNotMatch(String(trace.name), /[<>]|&(?!(amp|lt|gt);)/);
    assert.ok(Array.from(String(trace.name)).length < 60);
  }
  const [, trace] = pointsOf(mapOf([0], { identities: ["<b>&amp;"] }));
  assert.equal(trace.name, "&lt;b&gt;&amp;amp;");
});
