import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { agglomerative } from "../../lib/cluster/agglomerative";
import { clusteringScores } from "../../lib/cluster/clusteringScores";
import { clusterScores } from "../../lib/cluster/clusterScores";
import { cutInto } from "../../lib/cluster/dendrogram";
import { hdbscan } from "../../lib/cluster/hdbscan";
import { decodeCsv, encodeCsv } from "../../lib/core/csv";
import { type Matrix, matrix } from "../../lib/core/matrix";
import { encodeNpy } from "../../lib/core/npy";
import { createRandom } from "../../lib/core/random";
import { saveEmbeddings } from "../../lib/walk/embeddings";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { runJson } from "./runCli";

// The shapes differ by command; the tests look at single fields.
type Json = Record<string, unknown> & { error?: string };

const run = runJson<Json>;

const { x, labels } = clusteredEmbeddings(6, 120, 10, 8, 0.4);
const identities = Array.from(labels, (label) => `person ${label}`);

/** The same embeddings as a folder of ours, and as .npy with a CSV; their paths as options. */
function written(place: string, vectors: Matrix = x): { folder: string[]; files: string[] } {
  const names = identities.map((_, i) => `${i}.png`);
  saveEmbeddings(join(place, "folder"), { vectors, names, identities, model: "abc" });
  writeFileSync(join(place, "E.npy"), encodeNpy(vectors));
  const rows = identities.map((identity, i) => [i, identity]);
  writeFileSync(join(place, "L.csv"), encodeCsv([["number", "identity"], ...rows]));
  return {
    folder: ["--embeddings", join(place, "folder")],
    files: ["--embeddings", join(place, "E.npy"), "--labels", join(place, "L.csv")],
  };
}

test("identify gives the same numbers from a folder and from .npy with CSV, and draws its figures", () =>
  inWorkplace(async (place) => {
    const { folder, files } = written(place);
    const out = join(place, "figures");
    const ofFolder = await run("identify", ...folder, "--k", "3", "--out", out);
    const ofFiles = await run("identify", ...files, "--k", "3");
    assert.equal(ofFolder.code, 0, ofFolder.json.error);
    const { model, out: _, ...numbers } = ofFolder.json;
    assert.equal(model, "abc");
    // A .npy file does not know what made it.
    assert.deepEqual(numbers, ofFiles.json);
    const { gallery, known, strangers } = numbers.protocol as Record<string, number>;
    assert.equal(gallery + known + strangers, 120);
    const open = numbers.open as { points: { askedFar: number }[]; smallestFar: number };
    assert.deepEqual(
      open.points.map(({ askedFar }) => askedFar),
      [0.1],
    );
    assert.equal(open.smallestFar, 1 / strangers);
    for (const name of ["cmc.svg", "dir.svg", "closed-open.svg"]) {
      assert.match(readFileSync(join(out, name), "utf8"), /^<svg .*<\/svg>$/s);
    }
  }));

test("identify refuses a FAR that the strangers cannot measure, and odd use, in one line", () =>
  inWorkplace(async (place) => {
    const { folder, files } = written(place);
    const small = await run("identify", ...folder, "--far", "0.0001");
    assert.equal(small.code, 1);
    assert.match(String(small.json.error), /Cannot measure DIR at this FAR.* current value is 0\.0001/);
    const wrong: [string[], RegExp][] = [
      [["identify"], /Give either --model or --embeddings/],
      [["identify", ...folder, "--model", "m"], /Give either --model or --embeddings/],
      [["identify", "--model", "m", "--labels", "l"], /Cannot use --labels without --embeddings/],
      [["identify", files[0], files[1]], /--labels is needed/],
      [["identify", ...folder, "--vote", "best"], /must be one of majority, distance/],
      [["cluster", ...folder, "--threshold", "1"], /Cannot use --threshold with the methods side by side/],
      [["cluster", ...folder, "--method", "dbscan"], /--threshold is needed with dbscan/],
      [
        ["cluster", ...folder, "--method", "hdbscan", "--threshold", "1"],
        /Cannot use --threshold with hdbscan/,
      ],
      [["cluster", ...folder, "--method", "dbscan", "--sweep"], /Cannot use --sweep with dbscan/],
      [
        ["cluster", ...folder, "--method", "agglomerative", "--threshold", "1", "--clusters", "3"],
        /Cannot use --threshold and --clusters together/,
      ],
    ];
    for (const [args, message] of wrong) {
      const { code, json } = await run(...args);
      assert.equal(code, 2, args.join(" "));
      assert.match(String(json.error), message);
    }
  }));

test("cluster gives clusterScores() of the rows, and --normalize of the rows on the sphere", () =>
  inWorkplace(async (place) => {
    const { files } = written(
      place,
      matrix(
        x.rows,
        x.columns,
        x.data.map((v, i) => v * (1 + ((i >> 3) % 3))),
      ),
    );
    const { code, json } = await run("cluster", ...files, "--normalize");
    assert.equal(code, 0, json.error);
    // Rounding of the stretched rows moves no row to another cluster.
    const { kmeans, agglomerative: tree } = clusterScores(x, labels, createRandom(1).fork("clusters"));
    assert.equal((json.agglomerative as { ami: number }).ami, tree.ami);
    assert.deepEqual((json.kmeans as { bcubed: object }).bcubed, kmeans.bcubed);
    const stretched = await run("cluster", ...files);
    assert.notEqual((stretched.json.agglomerative as { ami: number }).ami, tree.ami);
  }));

test("cluster --method runs one method, names the mistakes and writes the clusters", () =>
  inWorkplace(async (place) => {
    const { folder } = written(place);
    const out = join(place, "groups");
    const { code, json } = await run(
      ...["cluster", ...folder, "--method", "agglomerative", "--clusters", "7", "--sweep", "--out", out],
    );
    assert.equal(code, 0, json.error);
    const clusters = cutInto(agglomerative(x), 7);
    assert.equal(json.ami, clusteringScores(labels, clusters).ami);
    assert.equal((json.sweep as object[]).length, 25);
    // Ten identities in seven clusters: somebody is merged.
    const [worst] = json.overMerged as { identities: { identity: string }[] }[];
    assert.match(worst.identities[0].identity, /^person \d$/);
    const [head, ...rows] = decodeCsv(readFileSync(join(out, "clusters.csv"), "utf8"), "clusters");
    assert.deepEqual(head, ["name", "identity", "cluster"]);
    assert.deepEqual(
      rows,
      identities.map((identity, i) => [`${i}.png`, identity, String(clusters[i])]),
    );
    assert.match(readFileSync(join(out, "dendrogram.svg"), "utf8"), /7 clusters below the threshold/);
    for (const method of ["dbscan", "chinese-whispers"]) {
      const other = await run("cluster", ...folder, "--method", method, "--threshold", "0.5", "--out", out);
      assert.equal(other.code, 0, other.json.error);
      assert.ok((other.json.clusters as number) > 1);
      assert.equal(existsSync(join(out, "dendrogram.svg")), false);
    }
    const dense = await run("cluster", ...folder, "--method", "hdbscan", "--cluster-size", "3", "--out", out);
    const names = hdbscan(x, { smallest: 3 });
    assert.equal(dense.json.ami, clusteringScores(labels, names).ami, dense.json.error);
    assert.equal(
      (await run("cluster", ...folder, "--method", "k-means", "--clusters", "4")).json.clusters,
      4,
    );
  }));

test("cluster --model embeds the test side of the protocol", () =>
  inWorkplace(async (place) => {
    const names = Array.from({ length: 12 }, (_, i) => `person ${i}`);
    const data = await writePatterns(join(place, "data"), { identities: names });
    const quick = ["--data", data, "--mode", "center-crop", "--size", "32"];
    const trained = await run(
      ...[
        "train",
        ...quick,
        "--steps",
        "2",
        "--identities",
        "3",
        "--images",
        "2",
        "--out",
        join(place, "run"),
      ],
    );
    assert.equal(trained.code, 0, trained.json.error);
    const { code, json } = await run("cluster", "--model", join(place, "run", "model"), "--data", data);
    assert.equal(code, 0, json.error);
    assert.equal(json.model, trained.json.id);
    assert.ok((json.identities as number) > 1 && (json.identities as number) < 12);
  }));
