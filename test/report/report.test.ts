import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { decodeImage } from "../../lib/image/codec";
import { reportHtml, writeReport } from "../../lib/report/report";
import type { ReportData } from "../../lib/report/reportData";
import { inFolder } from "../inFolder";
import { domOf, findChromium, onScreen } from "./chromium";
import { hostile, inventedReport } from "./data";

const FIGURES = ["curves", "roc", "histogram", "cmc", "dir", "umap", "pca"];

interface Page {
  readonly figures: Readonly<Record<string, { readonly data: readonly object[] }>>;
  readonly mapNames: readonly string[];
  readonly mapPositions: Readonly<Record<"umap" | "pca", readonly number[]>>;
  readonly pairSheet: {
    readonly uri: string;
    readonly columns: number;
    readonly side: number;
    readonly count: number;
  };
}

/** Script elements as a browser reads them: the first `</script` ends one. */
function scriptsOf(html: string): { readonly attributes: string; readonly text: string }[] {
  return [...html.matchAll(/<script([^>]*)>(.*?)<\/script/gis)].map(([, attributes, text]) => ({
    attributes,
    text,
  }));
}

const pageOf = (html: string): Page => JSON.parse(scriptsOf(html)[0].text) as Page;
const withoutScripts = (html: string): string => html.replaceAll(/<script[^>]*>.*?<\/script>/gis, "");

test("reportHtml() needs nothing from outside: no address is loaded, and the policy allows none", async () => {
  const html = await reportHtml(inventedReport());
  const page = withoutScripts(html);
  const links = [...page.matchAll(/\s(?:src|href|action|data|poster|srcset)="([^"]*)"/g)].map(
    ([, link]) => link,
  );
  assert.ok(links.length > 5);
  for (const link of links) assert.match(link, /^(#[a-z]+|data:image\/jpeg;base64,[A-Za-z0-9+/=]+)$/);
  assert.doesNotMatch(page, /<(link|iframe|object|embed|base|form)\b|@import|url\(/i);
  const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page)?.[1] ?? "";
  assert.match(policy, /^default-src 'none'; /);
  assert.doesNotMatch(policy, /http|\*|script-src[^;]*unsafe/);
  // The policy stands before everything that it has to govern.
  assert.ok(html.indexOf("Content-Security-Policy") < html.search(/<(style|script|img)\b/));
});

test("reportHtml() allows exactly its own two scripts by their hashes", async () => {
  const html = await reportHtml(inventedReport());
  const scripts = scriptsOf(html);
  assert.deepEqual(
    scripts.map(({ attributes }) => attributes),
    [' type="application/json" id="data"', "", ""],
  );
  const allowed = [...(/script-src ([^;"]*)/.exec(html)?.[1] ?? "").matchAll(/'([^']*)'/g)].map(
    ([, hash]) => hash,
  );
  const hashes = scripts
    .slice(1)
    .map(({ text }) => `sha256-${createHash("sha256").update(text).digest("base64")}`);
  assert.deepEqual(allowed, hashes);
});

test("reportHtml() escapes every name, and its data give them back", async () => {
  const html = await reportHtml(inventedReport());
  const page = withoutScripts(html);
  assert.doesNotMatch(page, /<img src=x|<\/script|<!--/);
  const shown = "&lt;/script&gt;&lt;img src=x onerror=&quot;document.title=&#39;red&#39;&quot;&gt;";
  assert.ok(page.includes(`<title>Invented ${shown}</title>`));
  assert.ok(page.includes(`<bdi title="${shown}/0.png">${shown}/0.png</bdi>`));
  const { mapNames, figures } = pageOf(html);
  assert.deepEqual(
    mapNames,
    hostile.flatMap((name) => [name, name, name]),
  );
  assert.deepEqual(Object.keys(figures), FIGURES);
});

test("reportHtml() shows the counts that are not 0 and settings that were not given", async () => {
  const page = withoutScripts(await reportHtml(inventedReport()));
  assert.match(page, /\(1,200 aligned, 1 &lt;\/script&gt;/);
  assert.doesNotMatch(page, /0 refused/);
  assert.match(page, /<td>landmarks<\/td><td>none<\/td>/);
  assert.match(page, /<td>widths<\/td><td>\[2,3\]<\/td>/);
});

test("reportHtml() gives each picture of a hard pair its tile of the sheet", async () => {
  const data = inventedReport();
  const html = await reportHtml(data);
  const tiles = [...withoutScripts(html).matchAll(/data-tile="(\d+)"/g)].map(([, tile]) => Number(tile));
  assert.deepEqual(tiles, [0, 1, 2, 3, 4, 5]);
  const { uri, columns, side, count } = pageOf(html).pairSheet;
  assert.equal(count, 6);
  const sheet = await decodeImage(Buffer.from(uri.split(",")[1], "base64"), "sheet", { channels: 1 });
  // Pairs (0, 2), (3, 5), (1, 4) of the invented report, first and second in turn.
  for (const [tile, row] of [0, 2, 3, 5, 1, 4].entries()) {
    const [x, y] = [(tile % columns) * side + side / 2, Math.floor(tile / columns) * side + side / 2];
    const value = sheet.data[y * sheet.width + x];
    const expected = data.crops.data[row * data.crops.size ** 2];
    assert.ok(Math.abs(value - expected) <= 4, `tile ${tile}: ${value} is not ${expected}`);
  }
});

test("reportHtml() without hard pairs, map and training says that there are none", async () => {
  const data = inventedReport();
  const column: number[] = [];
  const empty: ReportData = {
    ...data,
    cards: [],
    alignment: { text: "none", counts: {}, examples: [] },
    history: {
      steps: {
        step: column,
        loss: column,
        activeFraction: column,
        meanPositive: column,
        meanNegative: column,
        hardestPositive: column,
        hardestNegative: column,
      },
      evaluations: { step: column, accuracy: column, auc: column },
    },
    map: {
      rows: [],
      umap: new Float32Array(),
      pca: new Float32Array(),
      explained: [],
      hardPositives: [],
      hardNegatives: [],
    },
    hardest: { positives: [], negatives: [] },
  };
  const html = await reportHtml(empty);
  assert.equal(html.split("<p>There are none.</p>").length - 1, 2);
  assert.deepEqual(pageOf(html).mapNames, []);
});

test("writeReport() writes one file, which is reportHtml()'s text", () =>
  inFolder(async (folder) => {
    const data = inventedReport();
    await writeReport(join(folder, "new", "report.html"), data);
    assert.deepEqual(readdirSync(join(folder, "new")), ["report.html"]);
    assert.equal(readFileSync(join(folder, "new", "report.html"), "utf8"), await reportHtml(data));
  }));

test("writeReport() leaves nothing behind where it cannot write", () =>
  inFolder(async (folder) => {
    // The folder's place is taken by a file; the file's place is taken by a folder.
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "taken.html", "inside"), { recursive: true });
    const data = inventedReport();
    await assert.rejects(
      writeReport(join(folder, "file", "r.html"), data),
      /^LabError: Cannot write .*r\.html: /,
    );
    await assert.rejects(
      writeReport(join(folder, "taken.html"), data),
      /^LabError: Cannot write .*taken\.html: /,
    );
    assert.deepEqual(readdirSync(folder).sort(), ["file", "taken.html"]);
    assert.deepEqual(readdirSync(join(folder, "taken.html")), ["inside"]);
  }));

const chromium = findChromium();

test(
  "reportHtml() opens in a browser, draws every figure and runs nothing from a name",
  { skip: chromium ? false : "no Chromium in PATH (or name it in CHROMIUM)" },
  () =>
    inFolder(async (folder) => {
      const file = join(folder, "report.html");
      await writeReport(file, inventedReport());
      const dom = await domOf(chromium as string, file);
      assert.match(dom, /<html[^>]* data-ready="true"/);
      assert.match(
        dom,
        /<title>Invented &lt;\/script&gt;&lt;img src=x onerror="document\.title='red'"&gt;<\/title>/,
      );
      // Elements are written with their attributes quoted; names only look like elements.
      assert.doesNotMatch(withoutScripts(dom), /<img src="x"/);
      const starts = [...FIGURES, "hard"].map((id) => dom.indexOf(`id="${id}"`));
      assert.ok(
        starts.every((start, i) => start > (starts[i - 1] ?? 0)),
        String(starts),
      );
      FIGURES.forEach((id, i) => {
        assert.match(dom.slice(starts[i], starts[i + 1]), /<svg[^>]* class="main-svg"/, `${id} is not drawn`);
      });
      const { count } = pageOf(await reportHtml(inventedReport())).pairSheet;
      const pictures =
        dom.match(/data-tile="\d+" style="background-image: url\(&quot;data:image\/jpeg/g) ?? [];
      assert.equal(pictures.length, count);
    }),
);

test(
  "reportHtml() keeps Plotly's icons off the titles of its figures",
  { skip: chromium ? false : "no Chromium in PATH (or name it in CHROMIUM)" },
  () =>
    inFolder(async (folder) => {
      const file = join(folder, "report.html");
      await writeReport(file, inventedReport());
      /** Of each figure in sight: the lower edge of the icons and the upper edge of the title. */
      const edges = await onScreen(chromium as string, file, 1280, (page) =>
        page.evaluate(`Array.from(document.querySelectorAll(".figure:not([hidden])"), (figure) => [
          figure.querySelector(".modebar").getBoundingClientRect().bottom,
          figure.querySelector(".g-gtitle").getBoundingClientRect().top,
        ])`),
      );
      // All but the map that waits for its button.
      assert.equal((edges as number[][]).length, FIGURES.length - 1);
      for (const [icons, title] of edges as number[][]) assert.ok(icons <= title, `${icons} > ${title}`);
    }),
);

test(
  "reportHtml() keeps the titles of the training curves' axes off the plots on every screen",
  { skip: chromium ? false : "no Chromium in PATH (or name it in CHROMIUM)" },
  () =>
    inFolder(async (folder) => {
      const file = join(folder, "report.html");
      await writeReport(file, inventedReport());
      for (const width of [360, 500, 640, 1280]) {
        const [titles, lines, crossings] = (await onScreen(chromium as string, file, width, (page) =>
          page.evaluate(`(() => {
          const boxes = (selector) => [...document.querySelectorAll("#curves " + selector)].map((e) => e.getBoundingClientRect());
          const titles = boxes(".infolayer [class^=g-][class$=title]:not(.g-gtitle)");
          const lines = boxes(".gridlayer path");
          const cross = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
          return [titles.length, lines.length, titles.filter((title) => lines.some((line) => cross(title, line))).length];
        })()`),
        )) as number[];
        assert.deepEqual([titles, crossings], [8, 0], `at ${width} pixels`);
        assert.ok(lines > 8);
      }
    }),
);
