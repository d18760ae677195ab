import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import type { Plan } from "../../lib/plan/plan";
import { inFolder } from "../inFolder";
import { invented } from "../plan/measured";
import { runCli, runJson } from "./runCli";

type Json = Plan & {
  readonly question: { readonly net: { readonly multiplyAdds: number } };
  readonly error?: string;
};

test("plan answers for the paper's size from the stored measurement", async () => {
  const { code, out } = await runCli([
    "plan",
    "--images",
    "200e6",
    "--identities",
    "8e6",
    "--net",
    "nn2",
    "--size",
    "224",
  ]);
  assert.equal(code, 0);
  assert.match(
    out,
    /^200,000,000 images of 8,000,000 identities, NN2 at 224 pixels \(7\.5 M parameters, 1,600 M multiply-adds an image\)$/m,
  );
  assert.match(out, /^stored: images 10 TB, crops 30 TB, embeddings 110 GB, /m);
  for (const workers of ["10", "100", "1,000"])
    assert.match(out, new RegExp(`^ +${workers} workers .* limit: `, "m"));
  assert.match(out, /gpuFlops 61000000000000: .*2,470 images\/s that NVIDIA publishes/);
  assert.match(out, /^the model beside runs on that machine, seconds/m);
});

test("plan --json takes every assumption as an option, and another measurement", () =>
  inFolder(async (folder) => {
    const file = join(folder, "other.json");
    writeFileSync(file, JSON.stringify(invented));
    const given = [
      "plan",
      "--measured",
      file,
      "--images",
      "1e6",
      "--identities",
      "1000",
      "--net",
      "NN4",
      "--workers",
      "7",
    ];
    const { json } = await runJson<Json>(
      ...given,
      "--image-bytes",
      "1000",
      "--landmarks-known",
      "--gpu-flops",
      "1e12",
    );
    assert.equal(json.storage.images, 1e9);
    const gpu = json.rows.find(({ name, kind }) => name === "embed" && kind === "gpu");
    assert.ok(gpu);
    assert.ok(Math.abs(gpu.gpuHours - (1e6 * 2 * json.question.net.multiplyAdds) / 1e12 / 3600) < 1e-9);
    // 0.01 s of alignment without the detector, 1e-5 s to write.
    assert.ok(Math.abs(gpu.coreHours - (1e6 * 0.01001) / 3600) < 1e-6);
    assert.deepEqual(
      gpu.times.map(({ workers }) => workers),
      [7],
    );
  }));

test("plan --page writes the calculator", () =>
  inFolder(async (folder) => {
    const page = join(folder, "plan.html");
    const { code, out } = await runCli(["plan", "--page", page]);
    assert.equal(code, 0);
    assert.match(out, /the calculator: .*plan\.html/);
    assert.match(readFileSync(page, "utf8"), /^<!doctype html>/);
  }));

test("plan refuses what cannot be, and options that would do nothing", async () => {
  const cases: [string[], number, RegExp][] = [
    [["--net", "NN7"], 2, /Cannot use --net: it must be one of .* current value is NN7/],
    [["--workers", "10,x"], 2, /Cannot use --workers: .* current value is x/],
    [["--workers", "10,"], 2, /Cannot use --workers: .* current value is/],
    [
      ["--slow-share", "2"],
      2,
      /--slow-share: it must be a number of at least 0 and at most 1, current value is 2/,
    ],
    [
      ["--images", "100", "--identities", "200"],
      1,
      /identities must be an integer from 1 to 100, current value is 200/,
    ],
    [
      ["--images", "10000000000000"],
      2,
      /--images: it must be .* at most 1000000000000, current value is 10000000000000/,
    ],
    [["--rounds", "2"], 2, /Cannot use --rounds without --measure/],
    [["--data", "x"], 2, /Cannot use --data without --measure/],
    [["--measure", "a", "--measured", "b"], 2, /Give either --measure or --measured/],
    [["--measured", "nowhere.json"], 1, /Cannot read nowhere\.json/],
  ];
  for (const [args, wanted, message] of cases) {
    const { code, json } = await runJson<Json>("plan", ...args);
    assert.equal(code, wanted, args.join(" "));
    assert.match(json.error ?? "", message);
  }
});
