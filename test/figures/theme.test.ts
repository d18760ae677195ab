import assert from "node:assert/strict";
import test from "node:test";
import type { Figure } from "../../lib/figures/figure";
import { axis, themed, themes, title } from "../../lib/figures/theme";

const figure: Figure = {
  data: [],
  layout: {
    title: title("a"),
    height: 300,
    margin: { t: 1 },
    xaxis: axis("x", { gridcolor: "#abcdef" }),
    yaxis12: axis("y"),
  },
  alt: "A figure.",
};

test("themed() gives paper, ink and the lines of every axis the colours of light or dark", () => {
  for (const name of ["light", "dark"] as const) {
    const { layout } = themed(figure, name);
    const { paper, ink, line } = themes[name];
    assert.deepEqual([layout.paper_bgcolor, layout.plot_bgcolor], [paper, paper]);
    assert.equal((layout.font as { color: string }).color, ink);
    assert.equal((layout.yaxis12 as { gridcolor: string }).gridcolor, line);
  }
  assert.notDeepEqual(themes.light, themes.dark);
  assert.deepEqual(themed(figure), themed(figure, "light"));
});

test("themed() lets what the figure sets win and leaves the figure as it was", () => {
  const before = structuredClone(figure);
  const { layout, alt } = themed(figure, "dark");
  assert.deepEqual([layout.height, layout.margin, alt], [300, { t: 1 }, "A figure."]);
  assert.equal((layout.xaxis as { gridcolor: string }).gridcolor, "#abcdef");
  assert.deepEqual(figure, before);
});
