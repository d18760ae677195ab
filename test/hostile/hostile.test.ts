import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { decodeCsv, encodeCsv } from "../../lib/core/csv";
import { encodeNpy } from "../../lib/core/npy";
import { embeddingMap } from "../../lib/figures/embeddingMap";
import { rocsFigure } from "../../lib/figures/rocsFigure";
import { slicesFigure } from "../../lib/figures/slicesFigure";
import { figureSvg } from "../../lib/figures/still";
import { themed } from "../../lib/figures/theme";
import { loadEmbeddings } from "../../lib/walk/embeddings";
import { runCli, runJson } from "../cli/runCli";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { inBrowser } from "../explore/browser";
import { RED } from "../explore/explored";
import { inFolder } from "../inFolder";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { hostileFolders, hostileTexts, plainOf } from "./corpus";
import { openPage } from "./openPage";

const oneSpace = (text: string): string => text.replace(/\s+/g, " ");

/** The page runs nothing, asks for nothing, and shows each of the names as it is. */
async function assertHarmless(file: string, names: readonly string[], title: string): Promise<void> {
  const opened = await openPage(file);
  assert.deepEqual(opened.problems, [], file);
  assert.ok(opened.title.includes(title), `${opened.title} of ${file}`);
  for (const name of plainOf(names)) assert.ok(opened.text.includes(oneSpace(name)), `${name} in ${file}`);
}

/** Nothing on a terminal but printable characters and line feeds. */
function assertPrintable(text: string): void {
  assert.doesNotMatch(text, /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u);
}

/** No cell that a spreadsheet would calculate. */
function assertNoFormula(file: string): void {
  const text = readFileSync(file, "utf8");
  for (const cell of text.split(/,|\r\n/)) {
    if (!/^"?[=+\-@\t\r]/.test(cell)) continue;
    assert.ok(Number.isFinite(Number(cell)), `${JSON.stringify(cell)} in ${file}`);
  }
}

test("openPage() sees a payload that runs, and a request that leaves the file", inBrowser, () =>
  inFolder(async (folder) => {
    const page = join(folder, "page.html");
    writeFileSync(page, `<!doctype html><title>white</title>${RED}`);
    const { title, problems } = await openPage(page);
    assert.equal(title, "red");
    assert.ok(
      problems.some((problem) => problem.endsWith("/x")),
      problems.join(),
    );
  }),
);

test(
  "a walk over folders with hostile names: report, explorer, errors and terminal show them and run nothing",
  inBrowser,
  () =>
    inWorkplace(async (place) => {
      const data = await writePatterns(join(place, RED), { identities: hostileFolders, images: 3 });
      const run = join(place, "run");
      const small =
        "--mode center-crop --size 32 --net laptop-small --steps 3 --identities 3 --images 2".split(" ");
      const walked = await runCli(["walk", "--data", data, "--out", run, ...small]);
      assert.equal(walked.code, 0, walked.err);
      assertPrintable(walked.out + walked.err);
      const tested = [...new Set(loadEmbeddings(join(run, "embeddings")).identities)];
      // 30 % of 18.
      assert.equal(tested.length, 5);
      await assertHarmless(join(run, "report.html"), [RED], RED);
      assertNoFormula(join(run, "embeddings", "images.csv"));

      // The card of a model is data like any other.
      const card = join(run, "model", "card.json");
      writeFileSync(
        card,
        readFileSync(card, "utf8").replace(/"data": ".*"/, `"data": ${JSON.stringify(RED)}`),
      );
      const explored = await runCli(["explore", run]);
      assert.equal(explored.code, 0, explored.err);
      assertPrintable(explored.out + explored.err);
      await assertHarmless(join(run, "explore.html"), [RED], RED);

      const errors = join(place, "errors");
      const atlas = await runCli(["errors", "--model", join(run, "model"), "--data", data, "--out", errors]);
      assert.equal(atlas.code, 0, atlas.err);
      assertPrintable(atlas.out + atlas.err);
      await assertHarmless(join(errors, "atlas.html"), tested, "rror");
      assertNoFormula(join(errors, "suspects.csv"));
    }),
);

test(
  "a table with hostile cells: evaluation page, explorer, Markdown and CSV show them and run nothing",
  inBrowser,
  () =>
    inFolder(async (folder) => {
      const at = (name: string): string => join(folder, name);
      const { x, labels } = clusteredEmbeddings(2, 6 * hostileTexts.length, hostileTexts.length);
      writeFileSync(at("E.npy"), encodeNpy(x));
      const column = "</script><img src=x onerror=document.title='red'>";
      const rows = Array.from(labels, (label, i) => [
        `${hostileTexts[label]} ${i}`,
        hostileTexts[label],
        i % 2 ? RED : "=1+1",
      ]);
      writeFileSync(at("L.csv"), encodeCsv([["name", "identity", column], ...rows]));
      const table = ["--embeddings", at("E.npy"), "--labels", at("L.csv")];

      const evaluated = await runCli([
        "evaluate",
        ...table,
        "--html",
        at("e.html"),
        "--markdown",
        at("e.md"),
      ]);
      assert.equal(evaluated.code, 0, evaluated.err);
      assertPrintable(evaluated.out + evaluated.err);
      await assertHarmless(at("e.html"), [column], "mbeddings");
      const markdown = readFileSync(at("e.md"), "utf8");
      assert.doesNotMatch(markdown, /<(img|script)/);
      assert.ok(markdown.includes("&lt;img src=x onerror"));

      const { code, json } = await runJson<{ error?: string }>("explore", ...table, "--out", at("x.html"));
      assert.equal(code, 0, json.error);
      await assertHarmless(at("x.html"), [], "mbeddings");

      const clustered = await runCli(["cluster", ...table, "--method", "k-means", "--out", at("groups")]);
      assert.equal(clustered.code, 0, clustered.err);
      assertPrintable(clustered.out + clustered.err);
      assertNoFormula(at("groups/clusters.csv"));
      const [head, ...cells] = decodeCsv(readFileSync(at("groups/clusters.csv"), "utf8"), "clusters.csv");
      const identity = head.indexOf("identity");
      assert.deepEqual(new Set(cells.map((row) => row[identity])), new Set(hostileTexts));
    }),
);

test(
  "figures of a notebook with hostile names run nothing, as Plotly draws them and as stored pictures",
  inBrowser,
  () =>
    inFolder(async (folder) => {
      const labels = hostileTexts.map((_, i) => i);
      const positions = Float32Array.from(labels.flatMap((i) => [i, i]));
      const figures = [
        embeddingMap({ positions, labels, identities: hostileTexts, name: RED }),
        slicesFigure(
          RED,
          hostileTexts.map((name) => ({ name, val: 0.5, far: 0.1, smallestFar: 0.01 })),
          { far: 0.1, val: 0.5, threshold: 1 },
        ),
        rocsFigure(
          RED,
          hostileTexts.map((name) => ({ name, auc: 0.5, points: [{ far: 0.5, val: 0.5 }] })),
        ),
      ];
      const json = JSON.stringify(figures.map((figure) => themed(figure))).replaceAll("<", "\\u003c");
      const page = join(folder, "notebook.html");
      const plotly = readFileSync(require.resolve("plotly.js-dist-min/plotly.min.js"), "utf8");
      writeFileSync(
        page,
        `<!doctype html><meta charset="utf-8"><title>a notebook</title><body>${figures.map((f) => figureSvg(f)).join("")}
      <script>${plotly.replaceAll("</script", "<\\/script")}</script><script>(async () => {
      for (const { data, layout } of ${json}) {
        const place = document.body.appendChild(document.createElement("div"));
        await Plotly.newPlot(place, data, layout);
      }
      document.documentElement.dataset.ready = "true";
      })()</script>`,
      );
      // Names are cut after 28 characters.
      const short = hostileTexts.filter((name) => name.length <= 20);
      await assertHarmless(page, short, "a notebook");
    }),
);
