import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { Script } from "node:vm";
import { clientScript } from "../../lib/explore/bundle";
import { decodePage } from "../../lib/explore/client/decode";
import { encodePage } from "../../lib/explore/encode";
import { explorerHtml, writeExplorer } from "../../lib/explore/page";
import { inFolder } from "../inFolder";
import { inventedExplorer, RED } from "./explored";

/** The texts of the page's style and scripts, in order. */
function parts(html: string, tag: "style" | "script"): string[] {
  return [...html.matchAll(new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`, "g"))].map(([, text]) => text);
}

test("explorerHtml() allows its own script and style by hash, and nothing else", async () => {
  const html = explorerHtml(await inventedExplorer());
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
  const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const [data, client, ...others] = parts(html, "script");
  assert.deepEqual(others, []);
  assert.equal(
    policy,
    `default-src 'none'; script-src ${hash(client)}; style-src ${parts(html, "style").map(hash)}; img-src data: blob:; base-uri 'none'; form-action 'none'`,
  );
  assert.doesNotMatch(data, /</);
  assert.doesNotMatch(html, /(src|href)="?https?:/);
});

test("explorerHtml() writes names as text only, and its data give them back", async () => {
  const data = await inventedExplorer();
  const html = explorerHtml(data);
  const markup = html.replace(/<script[\s\S]*?<\/script>/g, "");
  assert.doesNotMatch(markup, /<img/);
  assert.ok(
    markup.includes(
      "<title>Invented &lt;img src=x onerror=&quot;document.title=&#39;red&#39;&quot;&gt;</title>",
    ),
  );
  const { names, identities, columns } = decodePage(JSON.parse(parts(html, "script")[0]));
  assert.deepEqual([names, identities], [data.names, data.identities]);
  assert.ok(columns.some(({ name, values }) => name === RED && values.includes(RED)));
});

test("decodePage() gives back every number that encodePage() was given", async () => {
  const data = await inventedExplorer();
  const { epochs, labels, columns, count, dimensions } = decodePage(
    JSON.parse(JSON.stringify(encodePage(data))),
  );
  assert.deepEqual([count, dimensions, labels], [60, 8, data.labels]);
  epochs.forEach((epoch, e) => {
    const { vectors, rates, umap2, umap3, pca, nearestNegative, farthestPositive, hardPositives } =
      data.epochs[e];
    assert.deepEqual([epoch.codes, epoch.step], [vectors.codes, vectors.step]);
    assert.deepEqual([epoch.umap2, epoch.umap3, epoch.pca], [umap2.data, umap3.data, pca.data]);
    assert.deepEqual([epoch.same, epoch.different], [rates.same, rates.different]);
    assert.deepEqual([epoch.nearestNegative, epoch.farthestPositive], [nearestNegative, farthestPositive]);
    assert.deepEqual(
      epoch.hardPositives,
      hardPositives.map(({ first, second, distance }) => [first, second, Math.fround(distance)]),
    );
  });
  for (const { name, values, codes } of columns) {
    assert.deepEqual(
      Array.from(codes, (code) => values[code]),
      data.columns.get(name),
    );
  }
});

test("explorerHtml() without pictures and columns still has its data", async () => {
  const { sheet, ...data } = await inventedExplorer();
  const page = encodePage({ ...data, columns: new Map(), threshold: undefined });
  assert.ok(sheet);
  assert.deepEqual([page.sheet, page.columns, page.threshold], [null, [], null]);
});

test("writeExplorer() writes one file, which is explorerHtml()'s text", () =>
  inFolder(async (folder) => {
    const data = await inventedExplorer();
    const file = join(folder, "new", "explore.html");
    writeExplorer(file, data);
    assert.equal(readFileSync(file, "utf8"), explorerHtml(data));
  }));

test("clientScript() is one script that holds every module once", () => {
  const script = clientScript();
  new Script(script);
  const modules = [...script.matchAll(/^"\.\/(\w+)": function/gm)].map(([, name]) => name);
  assert.equal(new Set(modules).size, modules.length);
  for (const name of ["main", "camera", "decode", "gestures", "keys", "paint"])
    assert.ok(modules.includes(name), name);
  assert.doesNotMatch(script, /sourceMappingURL/);
});

test("clientScript() refuses a module that a browser does not have, and text that ends the element", () =>
  inFolder((folder) => {
    const write = (name: string, text: string): string => {
      const place = join(folder, name);
      mkdirSync(place);
      writeFileSync(join(place, "main.js"), text);
      return place;
    };
    assert.throws(
      () => clientScript(write("a", 'const fs = require("node:fs");')),
      /^LabError: Cannot bundle main: it may import modules of its own folder, current value is node:fs/,
    );
    assert.throws(
      () => clientScript(write("b", 'const t = "</script>";')),
      /must not hold the end of a script element/,
    );
  }));
