import assert from "node:assert/strict";
import test from "node:test";
import { type ComparedSweep, comparedSweep } from "../../lib/sweeps/comparison";
import { type SweepName, sweepKinds } from "../../lib/sweeps/kinds";
import { sweepMarkdown } from "../../lib/sweeps/markdown";
import type { SweepPoint } from "../../lib/sweeps/points";
import { estimateOf, resultTable, tableOf } from "../../lib/sweeps/resultTable";
import { assertClose } from "../gradients";

const point = (value: number, val: number | null): SweepPoint => ({
  value,
  score: {
    accuracy: { mean: 0.8, standardError: 0.01 },
    auc: 0.9,
    pairs: 100,
    val: val === null ? null : { mean: val, standardError: 0.005 },
  },
  facts: {},
});
const written = (name: SweepName, points: readonly SweepPoint[]): string =>
  sweepMarkdown(sweepKinds[name], points, {
    command: `facenet-lab sweep ${name}`,
    protocol: "a split",
    subject: "a net",
  });
const jpeg = written("jpeg", [point(10, 0.25), point(50, null), point(90, 0.5)]);

test("resultTable() reads what sweepMarkdown() writes, below its heading only", () => {
  const file = `# Sweeps\n\n${written("pixels", [point(8, 0.1)])}\n${jpeg}`;
  const table = resultTable(file, "JPEG quality");
  assert.equal(table?.command, "facenet-lab sweep jpeg");
  assert.deepEqual(table.columns.slice(0, 4), ["JPEG quality", "accuracy", "AUC", "VAL at FAR 1e-3"]);
  assert.deepEqual(
    table.rows.map((cells) => [cells[0], cells[3]]),
    [
      ["10", "25.0 ± 0.5 %"],
      ["50", "not measurable"],
      ["90", "50.0 ± 0.5 %"],
    ],
  );
});

test("resultTable() without a heading reads the first table, with one that is not there nothing", () => {
  assert.deepEqual(resultTable("`facenet-lab x --y 1`: text\n\n| a | b |\n|---|---|\n| 1 | 2 |"), {
    command: "facenet-lab x --y 1",
    columns: ["a", "b"],
    rows: [["1", "2"]],
  });
  assert.equal(resultTable(jpeg, "Alignment"), undefined);
  assert.equal(
    tableOf(() => undefined, "sweeps.md"),
    undefined,
  );
});

test("resultTable() refuses a heading without a table", () => {
  assert.throws(
    () => resultTable("## Empty\n\nnothing\n\n## Full\n\n| a |\n|---|\n| 1 |", "Empty"),
    /^LabError: Cannot read results: a table must stand below the heading, current value is Empty/,
  );
});

test("estimateOf() reads shares with and without error and unit, and nothing from words", () => {
  const read = (cell: string): number[] => {
    const { mean = Number.NaN, standardError = Number.NaN } = estimateOf(cell) ?? {};
    return [mean, standardError];
  };
  assertClose(read("6.8 ± 1.1 %"), [0.068, 0.011], 1e-12);
  assertClose(read(".880 ± .001"), [0.88, 0.001], 1e-12);
  assertClose(read("86.5 %"), [0.865, 0], 1e-12);
  for (const cell of ["", "not measurable", "about 5", "5 s"]) assert.equal(estimateOf(cell), undefined);
});

test("comparedSweep() puts our points and the paper's on one axis and leaves out what is not measurable", () => {
  const read = (file: string): string | undefined =>
    file === "sweeps.md" ? `${jpeg}\n${written("pixels", [point(16, 0.2), point(64, 0.4)])}` : undefined;
  const found = comparedSweep("jpeg", read);
  assertClose(found?.ours.map(({ at }) => at) ?? [], [10, 90], 0);
  assertClose(found?.ours.map(({ mean }) => mean) ?? [], [0.25, 0.5], 1e-12);
  assert.equal(found?.paper.length, 6);
  const pixels = comparedSweep("pixels", read);
  // 16 and 64 of 64 pixels; the paper's 40 of 220.
  assertClose(pixels?.ours.map(({ at }) => at) ?? [], [0.25, 1], 1e-12);
  assertClose([pixels?.paper[0].at ?? Number.NaN], [40 / 220], 1e-12);
});

test("comparedSweep() gives nothing without two points in the paper's range", () => {
  const none: [ComparedSweep, readonly SweepPoint[]][] = [
    ["jpeg", [point(10, 0.2), point(50, null)]],
    // The paper begins at 64 dimensions: 16 lies outside.
    ["dimensions", [point(16, 0.1), point(128, 0.2)]],
  ];
  for (const [name, points] of none)
    assert.equal(
      comparedSweep(name, () => written(name, points)),
      undefined,
    );
  assert.equal(
    comparedSweep("jpeg", () => undefined),
    undefined,
  );
});
