import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { packageRoot } from "../../lib/core/folders";
import { type ScorecardRow, scorecard } from "../../lib/walk/scorecard";

function stored(file: string): string | undefined {
  const path = join(packageRoot(), "data", "results", file);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

const rowOf = (rows: readonly ScorecardRow[], item: string): ScorecardRow => {
  const row = rows.find((candidate) => candidate.item === item);
  assert.ok(row, `no row ${item}`);
  return row;
};

test("scorecard() without results measures only what is counted", () => {
  const rows = scorecard(() => undefined);
  assert.deepEqual(
    rows.filter(({ verdict }) => verdict !== "not measured").map(({ item, verdict }) => [item, verdict]),
    [
      ["Table 1", "yes"],
      ["Table 2", "yes"],
    ],
  );
  assert.equal(rowOf(rows, "Table 1").measured, "30 of 30 printed figures counted");
});

test("scorecard() has each table and figure of the paper once, with a reason and a command where it was measured", () => {
  const rows = scorecard(stored);
  const text = rows.map(({ item }) => item).join(", ");
  for (let n = 1; n <= 6; n++) assert.match(text, new RegExp(`Table ${n}\\b`));
  for (let n = 1; n <= 8; n++) assert.match(text, new RegExp(`Figures? (?:\\d, )*${n}\\b`));
  assert.equal(new Set(rows.map(({ item }) => item)).size, rows.length);
  for (const row of rows) {
    assert.ok(row.why.length > 0);
    assert.equal(row.command === "", row.verdict === "not measured", row.item);
    assert.ok(!/NaN|undefined/.test(Object.values(row).join(" ")), row.item);
  }
});

/** One table as `facenet-lab sweep` writes it. */
const training = (vals: readonly number[]): string =>
  [
    "## Training identities\n\n`facenet-lab sweep training-size --data omniglot`. A split; a net.\n",
    "| share of the training identities | VAL at FAR 1e-3 |\n| --- | --- |",
    ...vals.map((val, i) => `| ${[0.01, 0.1, 0.2, 1][i]} | ${val} ± 1.0 % |`),
  ].join("\n");
const trainingRow = (vals: readonly number[]): ScorecardRow =>
  rowOf(
    scorecard((file) => (file === "sweeps.md" ? training(vals) : undefined)),
    "Table 6, training data",
  );

test("scorecard() judges a sweep by its shape, not by its height", () => {
  // The paper rises from 76.3 to 86.2 %. Two standard errors of a difference: 2 · √2 = 2.8 points.
  assert.equal(trainingRow([1, 5, 5, 9]).verdict, "yes");
  assert.equal(trainingRow([1, 2, 2, 3]).verdict, "partly");
  assert.equal(trainingRow([9, 5, 5, 1]).verdict, "no");
  const row = trainingRow([1, 5, 5, 9]);
  assert.deepEqual(
    [row.measured, row.command],
    ["VAL 1.0 to 9.0 %, rising", "facenet-lab sweep training-size --data omniglot"],
  );
  // 5,965,728 parameters of the net of Table 6 to 368,624 here; 260 million images to 19,280.
  assert.match(row.scale, /^1\/16 of the parameters, 1\/13,000 of the images/);
});

const harmonic = (aucs: readonly string[]): ScorecardRow =>
  rowOf(
    scorecard((file) =>
      file === "harmonic.md"
        ? `\`facenet-lab harmonic\`\n\n| probes | AUC |\n|---|---|\n| v1 against v1 (old) | ${aucs[0]} |\n| v2 against v1 | ${aucs[1]} |\n| v2 against v2 | ${aucs[2]} |`
        : undefined,
    ),
    "Figure 8",
  );

test("scorecard() holds the harmonic embedding to the paper's order", () => {
  const right = harmonic([".880 ± .001", ".893 ± .001", ".916 ± .001"]);
  assert.deepEqual([right.verdict, right.measured], ["yes", "AUC 0.880 < 0.893 < 0.916"]);
  assert.equal(harmonic([".880 ± .02", ".893 ± .02", ".900 ± .02"]).verdict, "partly");
  // Its command names no data.
  assert.equal(right.scale, "data that this scorecard does not know");
  const wrong = harmonic([".893 ± .001", ".880 ± .001", ".916 ± .001"]);
  assert.deepEqual([wrong.verdict, wrong.measured], ["no", "AUC 0.893, 0.880, 0.916"]);
});

const lossless = (accuracy: string): string =>
  `## Quantised embeddings\n\n\`facenet-lab sweep quantised\`\n\n| bits | accuracy |\n|---|---|\n| 8 | ${accuracy} |\n| 32 | 84.4 ± 0.9 % |`;

test("scorecard() sees a loss by quantisation only beyond the errors", () => {
  const verdict = (accuracy: string): string =>
    rowOf(
      scorecard((file) => (file === "sweeps.md" ? lossless(accuracy) : undefined)),
      "Section 5.4",
    ).verdict;
  assert.deepEqual(
    [verdict("84.0 ± 0.9 %"), verdict("80.0 ± 0.9 %"), verdict("no")],
    ["yes", "no", "not measured"],
  );
});
