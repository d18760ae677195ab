import assert from "node:assert/strict";
import test from "node:test";
import { embeddingFilm } from "../../lib/figures/embeddingFilm";
import { figureSvg } from "../../lib/figures/still";
import { assertLabelled } from "./figures";

interface Slider {
  readonly active: number;
  readonly steps: readonly {
    readonly label: string;
    readonly args: readonly [{ x: number[][]; y: number[][] }];
  }[];
}

const frame = (name: string, shift: number): { name: string; positions: Float32Array } => ({
  name,
  positions: Float32Array.of(0, 0, 1 + shift, 1, 2, 2 + shift, 3, 3),
});
const film = {
  title: "Film",
  projection: "UMAP",
  labels: [5, 5, 6, 6],
  identities: ["", "", "", "", "", "<a>", "b"],
};

test("embeddingFilm() moves every group of points and the edges with the slider, on axes that stay", () => {
  const frames = [frame("step 0", 0), frame("step 9", 4)];
  const figure = embeddingFilm({ ...film, frames, pairs: [{ first: 1, second: 2, distance: 1 }] });
  assertLabelled(figure);
  const [slider] = figure.layout.sliders as Slider[];
  assert.equal(slider.active, 1);
  // Groups: the edge from row 1 to row 2, then the identities 5 (rows 0, 1) and 6 (rows 2, 3).
  assert.deepEqual(slider.steps[0].args[0].x, [
    [1, 2, null],
    [0, 1],
    [2, 3],
  ]);
  assert.deepEqual(slider.steps[1].args[0].y, [
    [1, 6, null],
    [0, 1],
    [6, 3],
  ]);
  assert.deepEqual(
    figure.data.map(({ x }) => x),
    slider.steps[1].args[0].x,
  );
  // x lies in [0, 5] over both frames, with 5 % of room.
  assert.deepEqual((figure.layout.xaxis as { range: number[] }).range, [-0.25, 5.25]);
  assert.equal(figure.data[1].name, "&lt;a&gt;");
});

test("embeddingFilm() shows at most six frames in the still picture, the first and the last among them", () => {
  const frames = Array.from({ length: 11 }, (_, i) => frame(`step ${i}`, i));
  const { still } = embeddingFilm({ ...film, frames });
  assert.ok(still);
  assertLabelled(still);
  assert.equal(still.alt, "Film: 4 points at step 0, step 2, step 4, step 6, step 8, step 10.");
  const panels = new Set(still.data.map(({ yaxis }) => yaxis));
  assert.deepEqual([...panels], ["y", "y2", "y3", "y4", "y5", "y6"]);
  const svg = figureSvg(embeddingFilm({ ...film, frames }));
  for (const name of ["step 0", "step 4", "step 10"]) assert.ok(svg.includes(`>${name}<`));
  assert.ok(!/NaN|undefined/.test(svg));
});

test("embeddingFilm() puts identities beyond the eighth in grey, and draws one frame of equal points", () => {
  const labels = Array.from({ length: 10 }, (_, i) => i);
  const figure = embeddingFilm({
    ...{ ...film, labels, identities: labels.map(String) },
    frames: [{ name: "only", positions: new Float32Array(20) }],
  });
  assert.equal(figure.data.length, 9);
  assert.deepEqual((figure.data[0].x as number[]).length, 2);
  assert.ok(!/NaN|undefined/.test(figureSvg(figure)));
});

test("embeddingFilm() refuses no frames and frames of another size", () => {
  assert.throws(() => embeddingFilm({ ...film, frames: [] }), /at least one frame is needed/);
  assert.throws(
    () => embeddingFilm({ ...film, frames: [{ name: "short", positions: new Float32Array(6) }] }),
    /4 points are needed in every frame, current value is 3 in short/,
  );
});
