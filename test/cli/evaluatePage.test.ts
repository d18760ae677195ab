import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { encodeCsv } from "../../lib/core/csv";
import { encodeNpy } from "../../lib/core/npy";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { inFolder } from "../inFolder";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { quickTraining, runJson } from "./runCli";

const run = runJson<Record<string, unknown>>;

interface Page {
  readonly figures: Readonly<
    Record<string, { readonly light: { readonly title: { readonly text: string } } }>
  >;
  readonly pairSheet: { readonly count: number };
}

function pageOf(file: string): { html: string; titles: string[]; thumbnails: number } {
  const text = readFileSync(file, "utf8");
  const data = JSON.parse(
    /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(text)?.[1] ?? "",
  ) as Page;
  const html = text.replaceAll(/<script[^>]*>.*?<\/script>/gs, "");
  const titles = Object.values(data.figures).map(({ light }) => light.title.text);
  const places = [...html.matchAll(/<div class="figure" id="([^"]+)"/g)].map(([, id]) => id);
  assert.deepEqual(places, Object.keys(data.figures), "every figure has its place");
  return { html, titles, thumbnails: html.match(/data-tile=/g)?.length ?? 0 };
}

/** 300 rows of 40 people; one value of the second column is rare. */
function writeTable(folder: string): string[] {
  const { x, labels } = clusteredEmbeddings(2, 300, 40, 8, 0.5);
  writeFileSync(join(folder, "E.npy"), encodeNpy(x));
  const rows = Array.from(labels, (label, i) => [
    `i${i}`,
    `<b>${label}`,
    i % 2 ? "yes" : "no",
    i < 4 ? "rare" : "usual",
  ]);
  writeFileSync(join(folder, "L.csv"), encodeCsv([["name", "identity", "glasses", "place"], ...rows]));
  return ["--embeddings", join(folder, "E.npy"), "--labels", join(folder, "L.csv")];
}

test("evaluate --html writes every figure and number of a table, and says what is too small to measure", () =>
  inFolder(async (folder) => {
    const file = join(folder, "page.html");
    const { code, json } = await run("evaluate", ...writeTable(folder), "--html", file);
    assert.equal(code, 0, String(json.error));
    const { html, titles, thumbnails } = pageOf(file);
    const kinds = [
      "ROC,",
      "Distances",
      "CMC",
      "Open set:",
      "The same probes",
      "Reliability,",
      "By glasses,",
      "By place,",
    ];
    assert.deepEqual(
      titles.map((title, i) => title.startsWith(kinds[i])),
      kinds.map(() => true),
      titles.join("\n"),
    );
    assert.equal(thumbnails, 0);
    const { verification, clustering, openSet } = json as unknown as {
      verification: { points: { threshold: number; val: number }[] };
      clustering: { kmeans: { ami: number } };
      openSet: { open: { points: { dir: number }[] } };
    };
    for (const { threshold, val } of verification.points) {
      assert.ok(
        html.includes(`>${(100 * val).toFixed(2)} %</td>`) && html.includes(`>${threshold.toFixed(4)}</td>`),
      );
    }
    assert.ok(html.includes(`>${clustering.kmeans.ami.toFixed(4)}</td>`));
    assert.ok(html.includes(`>${(100 * openSet.open.points[0].dir).toFixed(2)} %</td>`));
    assert.match(html, /<p>rare: too few to measure: 4 of 5 identities/);
    assert.doesNotMatch(html, /<td[^>]*>rare</);
    // Identities are text, and the command can be typed again.
    assert.doesNotMatch(html, /<b>\d+ \(/);
    assert.match(html, /<bdi title="&lt;b&gt;\d+ \(i\d+\)">/);
    assert.match(
      html,
      /<code>facenet-lab evaluate --embeddings .*E\.npy --labels .*L\.csv --html .*page\.html<\/code>/,
    );
  }));

test("evaluate --html of few people says what cannot be shown", () =>
  inFolder(async (folder) => {
    const file = join(folder, "page.html");
    writeFileSync(join(folder, "E.npy"), encodeNpy({ rows: 3, columns: 1, data: Float32Array.of(0, 1, 5) }));
    writeFileSync(join(folder, "L.csv"), "identity\na\na\nb\n");
    const table = ["--embeddings", join(folder, "E.npy"), "--labels", join(folder, "L.csv")];
    const { code, json } = await run("evaluate", ...table, "--html", file);
    assert.equal(code, 0, String(json.error));
    assert.equal(json.openSet, null);
    const { html, titles } = pageOf(file);
    assert.deepEqual(
      titles.map((title) => title.split(/[, ]/)[0]),
      ["ROC", "CMC"],
    );
    for (const said of [/No intervals/, /No histogram/, /No open set/, /No probabilities/])
      assert.match(html, said);
  }));

test("evaluate --html shows the hardest pairs: of a model its crops, of embeddings with --data the images", () =>
  inWorkplace(async (place) => {
    const names = Array.from({ length: 12 }, (_, i) => `person ${i}`);
    const data = await writePatterns(join(place, "data"), { identities: names, images: 3 });
    await run("train", "--data", data, ...quickTraining, "--out", join(place, "run"));
    const [model, file] = [join(place, "run", "model"), join(place, "page.html")];
    const ofModel = await run("evaluate", "--model", model, "--data", data, "--html", file);
    assert.equal(ofModel.code, 0, String(ofModel.json.error));
    const hardest = ofModel.json.hardest as { positives: object[]; negatives: object[] };
    assert.equal(pageOf(file).thumbnails, 2 * (hardest.positives.length + hardest.negatives.length));

    const embedded = join(place, "vectors");
    await run("embed", "--model", model, "--data", data, "--out", embedded);
    const evaluate = ["evaluate", "--embeddings", embedded, "--html", file, "--data"];
    assert.equal((await run(...evaluate, data)).code, 0);
    assert.ok(pageOf(file).thumbnails >= 48);
    const other = await writePatterns(join(place, "other"), { identities: ["x", "y"] });
    assert.match(
      String((await run(...evaluate, other)).json.error),
      /it has none of the names, for example person/,
    );
  }));
