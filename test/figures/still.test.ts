import assert from "node:assert/strict";
import test from "node:test";
import { distanceHistogram } from "../../lib/figures/distanceHistogram";
import { embeddingMap } from "../../lib/figures/embeddingMap";
import type { Figure } from "../../lib/figures/figure";
import { palette, symbols } from "../../lib/figures/palette";
import { rocFigure } from "../../lib/figures/rocFigure";
import { figurePng, figureSvg } from "../../lib/figures/still";
import { axis, themes, title } from "../../lib/figures/theme";
import { trainingCurves } from "../../lib/figures/trainingCurves";
import { decodeImage, svgToPng } from "../../lib/image/codec";
import { curves } from "./figures";
import { hostileNames } from "./names";

/** One trace on [0, 4] × [0, 1]: 860 × 420 pixels, the panel from (64, 48) to (840, 360). */
function plain(trace: object, layout: object = {}): Figure {
  return {
    data: [{ x: [2], y: [0.5], ...trace }],
    layout: {
      title: title("plain"),
      xaxis: axis("x", { range: [0, 4] }),
      yaxis: axis("y", { range: [0, 1] }),
      ...layout,
    },
    alt: "One trace.",
  };
}

const { NaN: none, POSITIVE_INFINITY: endless } = Number;
const constant = (value: number) => (): number => value;
const map = (labels: number[], positions: number[]): Figure =>
  embeddingMap({ labels, positions: Float32Array.from(positions), identities: ["A", "B"], name: "UMAP" });

/** Empty, one point, constant, and not finite. */
const ODD: Readonly<Record<string, Figure>> = {
  "histogram of nothing": distanceHistogram([], [], none),
  "histogram of one": distanceHistogram([1], [1], 1),
  "histogram of NaN": distanceHistogram([none, endless], [1, 0], endless),
  "ROC of nothing": rocFigure({ points: [], auc: none }),
  "ROC of one": rocFigure({ points: [{ far: 1, val: 1 }], auc: 1 }),
  "ROC of NaN": rocFigure({
    points: [{ far: none, val: none }],
    auc: none,
    operating: [{ far: 1e-3, val: none, threshold: none }],
  }),
  "curves of nothing": trainingCurves(curves(0, 0)),
  "curves of one step": trainingCurves(curves(1, 1)),
  "constant curves": trainingCurves(curves(50, 3, constant(0))),
  "curves of NaN": trainingCurves(curves(50, 3, constant(none))),
  "curves that run away": trainingCurves(curves(50, 3, (s) => 1e307 * s ** 2)),
  "map of nothing": map([], []),
  "map of one": map([0], [3, 3]),
  "map of equal points": map([0, 1, 0], [1, 2, 1, 2, 1, 2]),
  "map of NaN": map([0, 1], [none, 1, 2, endless]),
};

test("figureSvg() of odd input is well-formed and holds no NaN, in light and dark", async () => {
  for (const [name, figure] of Object.entries(ODD)) {
    const [svg, dark] = [figureSvg(figure), figureSvg(figure, { theme: "dark" })];
    assert.doesNotMatch(svg, /NaN|Infinity|undefined|null/, name);
    assert.ok(svg.includes(themes.light.paper) && dark.includes(themes.dark.paper) && svg !== dark, name);
    await svgToPng(svg, 0.5);
  }
});

test("figureSvg() of hostile names is well-formed, whole, and without markup from them", async () => {
  for (const name of hostileNames) {
    const figure = embeddingMap({
      positions: Float32Array.from([0, 0, 1, 1]),
      labels: [0, 1],
      identities: [name, name],
      name,
      note: name,
    });
    const svg = figureSvg({ ...figure, alt: name });
    assert.doesNotMatch(svg, /<img|onerror="/);
    const image = await decodeImage(await svgToPng(svg), "hostile");
    assert.deepEqual([image.width, image.height], [860, 640]);
  }
});

test("figureSvg() puts a marker where its scale says", () => {
  // x: 64 + (2 / 4) · (840 − 64) = 452; y: 360 − 0.5 · (360 − 48) = 204. Radius: half of Plotly's size.
  const svg = figureSvg(plain({ mode: "markers", marker: { color: "#123456", size: 7 } }));
  assert.match(svg, /<circle cx="452\.0" cy="204\.0" r="3\.5" fill="#123456"/);
});

test("figureSvg() draws a staircase first to the side, then up, and breaks lines at gaps", () => {
  const points = { x: [0, 4, null, 2, 4], y: [0, 1, null, 0.5, 0], mode: "lines" };
  assert.match(figureSvg(plain(points)), /d="M64\.0 360\.0L840\.0 48\.0M452\.0 204\.0L840\.0 360\.0"/);
  const stairs = figureSvg(plain({ ...points, line: { shape: "hv" } }));
  assert.match(stairs, /d="M64\.0 360\.0H840\.0V48\.0M452\.0 204\.0H840\.0V360\.0"/);
});

test("figurePng() paints a bar from the axis up to its value, at twice the pixels", async () => {
  // The bar covers x from 1.5 to 2.5 (pixels 355 to 549) and y from 0 to 0.5 (pixels 360 to 204).
  const figure = plain({ type: "bar", width: 1, marker: { color: "#ff0000" } });
  const image = await decodeImage(await figurePng(figure), "bar");
  assert.deepEqual([image.width, image.height], [1720, 840]);
  const redAt = (x: number, y: number): boolean => {
    const i = 3 * (2 * y * image.width + 2 * x);
    return image.data[i] === 255 && image.data[i + 1] === 0 && image.data[i + 2] === 0;
  };
  assert.deepEqual([redAt(360, 210), redAt(545, 355)], [true, true]);
  assert.deepEqual(
    [redAt(350, 300), redAt(555, 300), redAt(452, 198), redAt(452, 366)],
    [false, false, false, false],
  );
});

test("figureSvg() tells the eight identities apart by shape, in the map and in the legend", () => {
  const shapes = symbols.map((symbol) => {
    const svg = figureSvg(plain({ mode: "markers", marker: { size: 8, symbol, color: "#123456" } }));
    return /<[^>]*fill="#123456"[^>]*>/.exec(svg)?.[0];
  });
  assert.equal(new Set(shapes).size, 8);
  assert.ok(!shapes.includes(undefined));
  const labels = [0, 1, 2, 3, 4, 5, 6, 7];
  const figure = embeddingMap({
    labels,
    positions: Float32Array.from(labels.flatMap((i) => [i, i])),
    identities: labels.map((i) => `identity ${i}`),
    name: "UMAP",
  });
  // Each colour twice: one point and its key.
  const svg = figureSvg(figure);
  for (const color of palette.identities) assert.equal(svg.split(`fill="${color}"`).length - 1, 2, color);
});

test("figureSvg() breaks a long legend into lines inside the picture, and none covers the axis title", () => {
  const names = Array.from({ length: 9 }, (_, i) => `${i} ${"w".repeat(26)}`);
  const data = names.map((name) => ({ name, x: [1], y: [1], mode: "markers" }));
  const svg = figureSvg({ ...plain({}), data }, { width: 520 });
  const lines = new Set<number>();
  for (const name of names) {
    const [, x, y] = new RegExp(`<text x="([\\d.]+)" y="([\\d.]+)">${name}<`).exec(svg) ?? [];
    assert.ok(Number(x) >= 64 && Number(x) < 520 && Number(y) < 420, name);
    lines.add(Number(y));
  }
  const axisTitle = Number(/y="([\d.]+)" text-anchor="middle">x</.exec(svg)?.[1]);
  assert.ok(lines.size > 1);
  assert.ok(Math.min(...lines) - axisTitle >= 12, `legend at ${Math.min(...lines)}, title at ${axisTitle}`);
});

test("figureSvg() keeps the threshold's label inside the picture", () => {
  const svg = figureSvg(distanceHistogram([1, 2], [1, 0], 3.99));
  assert.match(svg, /text-anchor="end">threshold 3\.99</);
});
