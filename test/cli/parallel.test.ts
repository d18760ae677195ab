import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { decodeCsv } from "../../lib/core/csv";
import { allPairsVal } from "../../lib/evaluate/allPairs";
import { nearestRows } from "../../lib/evaluate/nearest";
import { readShards } from "../../lib/jobs/shards";
import { labelsOf } from "../../lib/walk/embeddings";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { quickTraining, runJson } from "./runCli";

type Json = Record<string, unknown> & { error?: string };

test("train, embed-shards, all-pairs and search over two workers give what one process gives, and resume", () =>
  inWorkplace(async (place) => {
    const photos = await writePatterns(join(place, "photos"));
    const run = async (...args: string[]): Promise<Json> => {
      const { code, json } = await runJson<Json>(...args);
      assert.equal(code, 0, json.error);
      return json;
    };
    const at = (name: string): string => join(place, name);
    const data = ["--data", photos];
    const train = ["train", ...data, ...quickTraining, "--net", "laptop-small", "--chunk", "3"];
    const alone = await run(...train, "--out", at("alone"));
    const two = await run(...train, "--workers", "2", "--out", at("two"));
    const lossOf = ({ training }: Json): number => (training as { loss: number }).loss;
    // Other threads, other order of sums.
    assert.ok(Math.abs(lossOf(two) - lossOf(alone)) < 1e-5);
    const again = await run(...train, "--workers", "1", "--resume", "--out", at("two"));
    assert.equal(again.id, two.id);

    const shards = [
      "embed-shards",
      ...data,
      "--model",
      at("two/model"),
      "--images",
      "5",
      "--out",
      at("shards"),
    ];
    assert.equal((await run(...shards)).shards, 5);
    assert.equal((await run(...shards, "--resume")).images, 24);
    const rows = await readShards(at("shards/shards"));
    assert.equal(rows.model, two.id);

    const { labels } = labelsOf(rows.identities);
    const pairs = [
      "all-pairs",
      "--products",
      "plain",
      "--embeddings",
      at("shards/shards"),
      "--out",
      at("pairs"),
    ];
    const counted = await run(...pairs);
    const { points, auc } = allPairsVal(rows.vectors, labels);
    assert.deepEqual([counted.points, counted.auc], [points, auc]);
    assert.deepEqual(await run(...pairs, "--resume"), counted);

    const sides = ["--probes", at("shards/shards"), "--gallery", at("shards/shards")];
    const found = [
      "search",
      ...sides,
      "--products",
      "plain",
      "--k",
      "3",
      "--shard-rows",
      "7",
      "--out",
      at("found"),
    ];
    const answer = await run(...found);
    const [head, ...lines] = decodeCsv(readFileSync(at("found/neighbours.csv"), "utf8"), "neighbours.csv");
    assert.deepEqual(head, ["probe", "probe identity", "rank", "name", "identity", "squared L2"]);
    const { indices, distances } = nearestRows(rows.vectors, rows.vectors, 3);
    const expected = Array.from(indices, (row, o) => [
      rows.names[Math.floor(o / 3)],
      rows.identities[Math.floor(o / 3)],
      String((o % 3) + 1),
      rows.names[row],
      rows.identities[row],
      String(distances[o]),
    ]);
    assert.deepEqual(lines, expected);
    assert.ok(!existsSync(at("found/shards")));
    assert.deepEqual(await run(...found, "--resume"), answer);
    assert.ok(!existsSync(at("found/shards")));
  }));

test("train and search refuse options that would do nothing", async () => {
  const cases: [string[], RegExp][] = [
    [["train", "--threads", "1", "--out", "x"], /Cannot use --threads without --workers/],
    [["train", "--reduce", "gloo", "--out", "x"], /Cannot use --reduce without --workers/],
    [["train", "--workers", "2", "--reduce", "gloo", "--out", "x"], /Cannot use --reduce gloo without --on/],
    [["search", "--expansion", "9", "--out", "x"], /Cannot use --expansion without --approximate/],
    [
      ["search", "--approximate", "--products", "plain", "--out", "x"],
      /Cannot use --products with --approximate/,
    ],
  ];
  for (const [args, message] of cases) {
    const { code, json } = await runJson<Json>(...args);
    assert.equal(code, 2);
    assert.match(json.error ?? "", message);
  }
});
