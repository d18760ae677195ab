import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import { readShards } from "../../lib/jobs/shards";
import { openStore } from "../../lib/store/open";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { quickTraining, runJson } from "./runCli";

type Json = Record<string, unknown> & { error?: string };

const server = process.env.FACENET_LAB_S3_ENDPOINT;
const bucket = process.env.FACENET_LAB_S3_BUCKET ?? "facenet-lab-test";

/** Embeds into a store, resumes there, and reads it back by its address in the commands that take embeddings. */
async function throughStore(addressIn: (place: string) => string): Promise<void> {
  await inWorkplace(async (place) => {
    const run = async (...args: string[]): Promise<Json> => {
      const { code, json } = await runJson<Json>(...args);
      assert.equal(code, 0, json.error);
      return json;
    };
    const at = (name: string): string => join(place, name);
    const to = addressIn(at("shared"));
    const data = ["--data", await writePatterns(at("photos"))];
    await run("train", ...data, ...quickTraining, "--net", "laptop-small", "--out", at("run"));
    const embed = ["embed-shards", ...data, "--model", at("run/model"), "--images", "5", "--workers", "1"];
    const local = await run(...embed, "--out", at("local"));
    const made = await run(...embed, "--to", to);
    assert.deepEqual([made.images, made.shards, made.bytes], [local.images, local.shards, local.bytes]);
    assert.ok(!existsSync(at("shared/shards")));

    // Idempotent and resumable as on disk: what is missing or damaged is made again, to the same bytes.
    const store = openStore(to);
    await store.remove("shard-000001.parquet");
    await store.write("shard-000002.parquet", "damaged");
    assert.equal((await runJson<Json>(...embed, "--to", to)).code, 1);
    assert.deepEqual(await run(...embed, "--to", to, "--resume"), made);
    const other = await runJson<Json>(...embed, "--to", to, "--resume", "--detect-always");
    assert.match(other.json.error ?? "", /useLandmarks must be the same as before/);
    const [there, here] = [await readShards(to), await readShards(at("local/shards"))];
    assert.deepEqual(there, here);

    const pairs = ["all-pairs", "--products", "plain", "--workers", "1"];
    const far = await run(...pairs, "--embeddings", to, "--out", at("far"));
    const near = await run(...pairs, "--embeddings", at("local/shards"), "--out", at("near"));
    assert.deepEqual(far, near);
    const sides = ["--probes", to, "--gallery", to];
    assert.equal(
      (await run("search", ...sides, "--k", "2", "--workers", "1", "--out", at("found"))).gallery,
      24,
    );
  });
}

test("embed-shards --to file:// writes what --out does, resumes, and all-pairs and search read it", () =>
  throughStore((place) => pathToFileURL(place).href));

test(
  "embed-shards --to s3:// writes what --out does, resumes, and all-pairs and search read it",
  { skip: server ? false : "skipped: no S3 server (name one in FACENET_LAB_S3_ENDPOINT)" },
  () => throughStore(() => `s3://${bucket}/cli-${process.pid}-${Date.now()}`),
);

test("embed-shards refuses two places, none, a path as address, and an endpoint that nothing reads", async () => {
  const cases: [string[], RegExp][] = [
    [["--out", "x", "--to", "s3://b/x"], /Give either --out/],
    [[], /Give either --out/],
    [["--to", "x"], /Cannot use --to: an s3:\/\/ or file:\/\/ address is wanted, current value is x/],
    [["--out", "x", "--s3-endpoint", "http://h:1"], /Cannot use --s3-endpoint without an s3:/],
  ];
  for (const [args, message] of cases) {
    const { code, json } = await runJson<Json>("embed-shards", "--model", "m", ...args);
    assert.equal(code, 2);
    assert.match(json.error ?? "", message);
  }
});
