import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { agglomerative } from "../../lib/cluster/agglomerative";
import { cutAt } from "../../lib/cluster/dendrogram";
import { matrixFromRows } from "../../lib/core/matrix";
import { dendrogramFigure } from "../../lib/figures/dendrogramFigure";
import { figureSvg } from "../../lib/figures/still";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { assertLabelled, traceOf } from "./figures";

test("dendrogramFigure() by hand: rows 7, 0, 1 and 3 on a line, single linkage, threshold 2", () => {
  // Joins: rows 1 and 2 at 1, row 3 at 4, row 0 at 16. From bottom to top: row 0, then row 3, then rows 1 and 2.
  const tree = agglomerative(matrixFromRows([[7], [0], [1], [3]]), { linkage: "single" });
  const figure = dendrogramFigure({ ...tree, names: ["D", "A", "B", "C"], threshold: 2 });
  assertLabelled(figure);
  const { ticktext } = figure.layout.yaxis as { ticktext: string[] };
  assert.deepEqual(ticktext, ["D", "C", "A", "B"]);
  assert.match(figure.alt, /4 rows; below the threshold 2\.000 there are 3 clusters\./);
  // A (place 2) and B (place 3) meet at height 1. D is the first cluster from below, C the second, A and B the third: odd again.
  const odd = traceOf(figure, "clusters, odd");
  assert.deepEqual(
    [odd.x, odd.y],
    [
      [0, 1, 1, 0, null],
      [2, 2, 3, 3, null],
    ],
  );
  // C (place 1) meets them (at 2.5) at height 4; D (place 0) meets all (at 1.75) at 16.
  const grey = traceOf(figure, "joins above the threshold");
  assert.deepEqual(grey.x, [0, 4, 4, 1, null, 0, 16, 16, 4, null]);
  assert.deepEqual(grey.y, [1, 1, 2.5, 2.5, null, 0, 0, 1.75, 1.75, null]);
  const { shapes } = figure.layout as { shapes: { x0: number }[] };
  assert.equal(shapes[0].x0, 2);
});

test("dendrogramFigure() names as many clusters as the cut, draws every join once, and no two joins cross", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 40 }), (seed, rows) => {
      const { x } = clusteredEmbeddings(seed, rows, 4, 4, 0.6);
      const tree = agglomerative(x);
      const figure = dendrogramFigure({ ...tree, names: Array(rows).fill("x"), threshold: 0.5 });
      const clusters = new Set(cutAt(tree, 0.5)).size;
      assert.match(figure.alt, new RegExp(`there are ${clusters} clusters`));
      const joins = figure.data.flatMap(({ x: along }) =>
        (along as (number | null)[]).filter((v) => v === null),
      );
      assert.equal(joins.length, rows - 1);
      // No two joins cross: whatever the height of the cut, the rows of each cluster stand side by side.
      for (const height of tree.heights) {
        const names = Array.from(cutAt(tree, height + 1e-9), String);
        const { ticktext } = dendrogramFigure({ ...tree, names, threshold: 0.5 }).layout.yaxis as {
          ticktext: string[];
        };
        const runs = ticktext.filter((name, place) => name !== ticktext[place - 1]);
        assert.equal(runs.length, new Set(names).size);
      }
    }),
    { numRuns: 30 },
  );
});

test("dendrogramFigure() leaves names out above 60 rows, and refuses more than 400 and missing names", () => {
  const { x } = clusteredEmbeddings(1, 61, 4, 4, 0.6);
  const tree = agglomerative(x);
  const figure = dendrogramFigure({ ...tree, names: Array(61).fill("name"), threshold: 0.5 });
  assert.ok(!figureSvg(figure).includes(">name<"));
  assert.throws(
    () => dendrogramFigure({ ...tree, names: ["one"], threshold: 1 }),
    /current values are 61 and 1/,
  );
  const large = { ...tree, rows: 401, names: Array(401).fill("x"), threshold: 1 };
  assert.throws(() => dendrogramFigure(large), /1 to 400 rows .* current values are 401 and 401/);
});

test("dendrogramFigure() of one row, of equal rows and of an infinite threshold is well-formed; names are escaped", () => {
  const equal = agglomerative(matrixFromRows([[1], [1], [1]]));
  for (const threshold of [0, 1, Number.POSITIVE_INFINITY]) {
    const svg = figureSvg(dendrogramFigure({ ...equal, names: ["<b>", "&", "c"], threshold }));
    assert.doesNotMatch(svg, /NaN|Infinity|undefined|<b>/);
  }
  const one = dendrogramFigure({ ...agglomerative(matrixFromRows([[1]])), names: ["a"], threshold: 1 });
  assertLabelled(one);
  assert.doesNotMatch(figureSvg(one), /NaN|Infinity|undefined/);
});
