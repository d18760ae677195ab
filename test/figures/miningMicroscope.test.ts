import assert from "node:assert/strict";
import test from "node:test";
import { miningMicroscope } from "../../lib/figures/miningMicroscope";
import { figureSvg } from "../../lib/figures/still";

/** Anchor 0; positives 1 and 2 at .5 and .9; negatives 3, 4, 5 at .3, .6, 1.8. */
const data = {
  anchor: 0,
  distances: [0, 0.5, 0.9, 0.3, 0.6, 1.8],
  labels: [7, 7, 7, 8, 9, 9],
  margin: 0.2,
  rules: {
    "semi-hard": { count: 2, anchor: [0, 4], positive: [1, 5], negative: [4, 0] },
    hardest: { count: 2, anchor: [0, 0], positive: [1, 2], negative: [3, 3] },
  },
};

test("miningMicroscope() draws the batch on the lowest line and only the anchor's triplets above it", () => {
  const { data: traces, alt } = miningMicroscope(data);
  const byName = new Map(traces.map((trace) => [trace.name, trace]));
  const negatives = byName.get("negatives") as { x: number[]; y: number[] };
  assert.deepEqual(negatives.x.slice(0, 3), [0.3, 0.6, 1.8]);
  assert.deepEqual(negatives.y.slice(0, 3), [0, 0, 0]);
  assert.deepEqual(negatives.x.slice(3), [0.6, 0.3, 0.3]);
  assert.equal(Math.round(negatives.y[3]), 1);
  assert.deepEqual(negatives.y.slice(4).map(Math.round), [2, 2]);
  const positives = byName.get("positives") as { x: number[] };
  assert.deepEqual(positives.x, [0.5, 0.9, 0.5, 0.5, 0.9]);
  assert.match(alt, /2 positives and 3 negatives. semi-hard chooses 1 triplets, hardest chooses 2/);
});

test("miningMicroscope() draws the band from each positive to the margin beyond it", () => {
  const band = miningMicroscope(data).data[0] as { x: (number | null)[] };
  assert.deepEqual(band.x, [0.5, 0.7, null, 0.5, 0.7, null, 0.9, 1.1, null]);
});

test("miningMicroscope() names each line, and names are data", () => {
  const rules = { "<b>all</b>": data.rules.hardest };
  const svg = figureSvg(miningMicroscope({ ...data, rules }));
  assert.ok(svg.includes("&lt;b&gt;all&lt;/b&gt;") && !svg.includes("<b>"));
  assert.ok(svg.includes("the batch") && !/NaN|undefined/.test(svg));
});

test("miningMicroscope() draws an anchor without triplets", () => {
  const figure = miningMicroscope({
    ...data,
    rules: { none: { count: 0, anchor: [], positive: [], negative: [] } },
  });
  assert.ok(!/NaN|undefined/.test(figureSvg(figure)));
});
