import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import test from "node:test";
import { packageRoot } from "../lib/core/folders";

/** Who may import whom, and why it stops there. Folders without an entry are the top: they may import everything. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  image: ["core"],
  engine: ["core"],
  // Losses take indices, they never mine; miners never compute a loss. Large products go to the engine.
  // DeepID2's margin is the best verification threshold.
  losses: ["core", "engine", "evaluate"],
  miners: ["core", "engine"],
  // Samplers see labels only.
  samplers: ["core"],
  // A reader of data needs the landmark parser; the types of data sets are shared with alignment.
  align: ["core", "image", "engine", "data"],
  // Generated faces are a data set like any other.
  data: ["core", "image", "align", "synthetic"],
  // Faces that belong to nobody need no data; only their check asks the detector.
  synthetic: ["core", "image", "align"],
  nets: ["core", "engine"],
  train: ["core", "data", "engine", "losses", "miners", "nets", "samplers"],
  // Evaluation and projection see numbers only: no net, no engine.
  evaluate: ["core"],
  project: ["core", "evaluate"],
  // Clustering looks at all pairs and at nearest rows, as evaluation does; it judges itself by identities.
  cluster: ["core", "evaluate"],
  // Back-ends learn from numbers and labels, without a net; data gives them the type of crops and the drawing of pairs, the engine multiplies wide features.
  backends: ["core", "data", "engine"],
  // Patterns are counted in crops that lie on a template, and compressed as back-ends do.
  lbp: ["align", "backends", "core", "data", "engine", "image"],
  // Copies of a picture are found by bytes, by look and by embeddings that somebody else made.
  contamination: ["core", "data", "engine", "evaluate", "image"],
  // A cluster is started, asked and ended without knowing what runs on it.
  ray: ["core"],
  // What a worker is asked is what the library does in one process: it aligns, embeds, trains and evaluates. Its actors need Ray's Python and token.
  worker: ["align", "core", "data", "engine", "evaluate", "image", "nets", "ray", "train"],
  // Where files are kept, by name: a folder or a bucket.
  store: ["core"],
  // Jobs cut work for workers and put their answers together; the engine is the workers'.
  jobs: ["align", "core", "data", "evaluate", "nets", "samplers", "store", "train", "worker"],
  // A plan is arithmetic and a simulation; its page counts nets and is made as the explorer's.
  plan: ["core", "explore", "nets", "report"],
  figures: ["core", "data", "image"],
  // The explorer shows counts of pairs that evaluation made; its sprites and the escaping of text are those of figures and report.
  explore: ["core", "evaluate", "figures", "report"],
  report: ["core", "data", "figures", "image"],
  notebook: ["core", "figures", "image"],
};

/** The one door of each dependency. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  sharp: ["image/codec.ts"],
  // The reference that our own layout is tested against.
  "umap-js": [],
  fflate: ["data/zip.ts"],
  hyparquet: ["jobs/parquet.ts"],
  "hyparquet-writer": ["jobs/parquet.ts"],
  usearch: ["worker/approximate.ts"],
  "ml-matrix": ["core/eigen.ts"],
  tslab: ["notebook/display.ts"],
  "@aws-sdk/client-s3": ["store/s3Store.ts"],
};

const lib = join(packageRoot(), "lib");
const files = readdirSync(lib, { recursive: true })
  .map((name) => String(name).replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".ts"));

function importsOf(file: string): string[] {
  const text = readFileSync(join(lib, file), "utf8");
  return [...text.matchAll(/(?:from|require\(|import\() ?"([^"]+)"/g)].map((match) => match[1]);
}

test("every import inside lib/ follows an arrow that is stated here", () => {
  assert.ok(files.length > 50);
  const wrong: string[] = [];
  for (const file of files) {
    const [folder] = file.split("/");
    const allowed = ARROWS[folder];
    if (!allowed) continue;
    for (const name of importsOf(file)) {
      if (!name.startsWith(".")) continue;
      const [to] = posix.join(posix.dirname(file), name).split("/");
      if (to !== folder && !allowed.includes(to)) wrong.push(`${file} imports ${name}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("every dependency has one door", () => {
  for (const [name, doors] of Object.entries(DOORS)) {
    const users = files.filter((file) => importsOf(file).includes(name));
    for (const user of users) assert.ok(doors.includes(user), `${user} imports ${name}`);
  }
});

test("the network has two doors: downloads and the job server of a cluster, both of which a reader must ask for", () => {
  const network = /^node:(http|https|http2|net|tls|dgram|dns)$/;
  const users = files.filter((file) => importsOf(file).some((name) => network.test(name)));
  assert.deepEqual(users, ["data/download.ts", "ray/jobServer.ts"]);
  const callers = files.filter((file) =>
    /\b(fetch|XMLHttpRequest|WebSocket)\(/.test(readFileSync(join(lib, file), "utf8")),
  );
  assert.deepEqual(callers, []);
  const downloads = files.filter((file) => importsOf(file).some((name) => /\/download$/.test(name)));
  assert.deepEqual(downloads, ["data/downloadLfw.ts"]);
});

test("nothing inside lib/ imports index.ts", () => {
  const users = files.filter((file) =>
    importsOf(file).some((name) => /(^|\/)index$/.test(name) || name === ".."),
  );
  assert.deepEqual(users, []);
});
