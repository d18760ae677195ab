import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { allPairsVal } from "../../lib/evaluate/allPairs";
import { writeManifest, writeShard } from "../../lib/jobs/shards";
import type { JobStatus } from "../../lib/ray/jobStatus";
import { submitJob, submittedJobs } from "../../lib/ray/submittedJob";
import { openStore } from "../../lib/store/open";
import { quickTraining, runCli, runJson } from "../cli/runCli";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { skip, theCluster } from "./onCluster";

test(
  "submitJob() runs a command on the head with workers on the cluster, gives its words, and the numbers of one process",
  {
    skip,
  },
  () =>
    inWorkplace(async (place) => {
      const { x, labels } = clusteredEmbeddings(3, 300, 12, 16, 0.8);
      const names = Array.from(labels, (label, i) => `${label}/${i}`);
      const shards = join(place, "shards");
      const store = openStore(shards);
      const shard = await writeShard(
        store,
        0,
        { names, identities: Array.from(labels, String), vectors: x },
        [],
      );
      await writeManifest(store, { model: "m", columns: 16, images: 300, shards: [shard] });
      const address = theCluster().jobs;
      const words = ["--embeddings", shards, "--out", join(place, "pairs"), "--products", "plain"];
      const command = ["all-pairs", ...words, "--workers", "2", "--on", "auto"];
      const job = await submitJob({ address, command });
      const lines: string[] = [];
      for await (const line of job.lines()) lines.push(line);
      const status = await job.ended();
      assert.deepEqual([status.state, status.exitCode], ["SUCCEEDED", 0], lines.join("\n"));
      assert.ok(
        lines.some((line) => /same and .* different pairs .*AUC/.test(line)),
        lines.join("\n"),
      );
      assert.equal(status.command, command.join(" "));
      const { points, auc, samePairs } = allPairsVal(x, labels);
      const result = JSON.parse(
        readFileSync(join(place, "pairs", "result.json"), "utf8"),
      ) as typeof status & {
        points: unknown[];
      };
      assert.deepEqual(result, { ...result, auc, samePairs, points: points.slice(0, result.points.length) });
      const listed = (await submittedJobs({ address })).find(({ id }) => id === job.id);
      assert.equal(listed?.state, "SUCCEEDED");
    }),
);

test("SubmittedJob.stop() lets a training save what it has", { skip }, () =>
  inWorkplace(async (place) => {
    const photos = await writePatterns(join(place, "photos"));
    const out = join(place, "net");
    const options = quickTraining.map((word, i) => (quickTraining[i - 1] === "--steps" ? "1000000" : word));
    const command = ["train", "--data", photos, ...options, "--out", out];
    const job = await submitJob({ address: theCluster().jobs, command });
    for await (const line of job.lines()) if (line.startsWith("train")) break;
    const status = await job.stop();
    assert.equal(status.state, "STOPPED");
    const text = await job.text();
    assert.match(text, /Stopped after step \d+; a checkpoint was saved/);
    assert.ok(readdirSync(out, { recursive: true }).some((name) => /checkpoint/.test(String(name))));
  }),
);

test("facenet-lab ray submit, jobs, logs and stop act on the cluster of ray up", { skip }, async () => {
  const failed = await runCli(["ray", "submit", "--", "doctor", "--nonsense"]);
  assert.equal(failed.code, 1);
  assert.match(failed.out, /failed \(exit code 2\).*doctor --nonsense/);
  assert.match(failed.err, /Unknown option '--nonsense'/);
  const id = `net-${process.pid}`;
  // --json before the dashes is ours, the one behind them is the command's.
  const detached = await runCli([
    "ray",
    "submit",
    "--json",
    "--detach",
    "--id",
    id,
    "--",
    "net",
    "laptop",
    "--json",
  ]);
  assert.deepEqual([detached.code, (JSON.parse(detached.out) as JobStatus).id], [0, id]);
  const followed = await runCli(["ray", "logs", id, "--follow"]);
  assert.equal(followed.code, 0);
  assert.match(followed.out, /succeeded.*net laptop --json/);
  const logs = await runCli(["ray", "logs", id]);
  assert.match(logs.out, /"parameters"/);
  assert.ok(followed.err.includes(logs.out.trim()), "followed and whole words differ");
  const listed = await runJson<JobStatus[]>("ray", "jobs");
  assert.ok(listed.json.some(({ id: job, state }) => job === id && state === "SUCCEEDED"));
  const stopped = await runJson<JobStatus>("ray", "stop", id);
  assert.equal(stopped.json.state, "SUCCEEDED");
  const again = await runCli(["ray", "submit", "--id", id, "--", "net"]);
  assert.equal(again.code, 1);
  assert.match(again.err, /already exists/);
});
