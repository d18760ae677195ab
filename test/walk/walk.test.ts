import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { readVectorFile, writeVectorFile } from "../../lib/core/container";
import { Interrupted } from "../../lib/core/errors";
import { createRandom } from "../../lib/core/random";
import { encodePng } from "../../lib/image/codec";
import { raster } from "../../lib/image/raster";
import { readCard } from "../../lib/train/modelFolder";
import { loadEmbeddings } from "../../lib/walk/embeddings";
import { type WalkOptions, walk } from "../../lib/walk/walk";
import { inWorkplace, writePatterns } from "./fixtures";

/** A walk that takes a second: tiny crops, few steps, no detector. */
const quick = (data: string, out: string, seed: number = 1): WalkOptions => ({
  data,
  out,
  align: { mode: "center-crop", size: 32 },
  settings: { seed, budget: { steps: 6 }, batch: { sampler: "identities", identities: 3, images: 2 } },
});

test("walk() goes from a folder of images to a model, embeddings, numbers and a report", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const out = join(place, "run");
    const stages = new Set<string>();
    const summary = await walk({ ...quick(data, out), progress: ({ stage }) => stages.add(stage) });
    assert.deepEqual(readdirSync(out).sort(), [
      "checkpoints",
      "embeddings",
      "history.json",
      "model",
      "report.html",
      "run.json",
      "summary.json",
    ]);
    assert.deepEqual(JSON.parse(readFileSync(join(out, "summary.json"), "utf8")), summary);
    for (const stage of ["align", "train", "embed", "evaluate", "project"]) assert.ok(stages.has(stage));
    for (const stage of ["align", "train", "embed", "evaluate", "project", "report"]) {
      assert.ok(summary.seconds[stage] > 0, stage);
    }
    // 6 identities × 4 images: 2 are tested (30 % of 6, rounded), 8 images, 28 pairs of which 2 × 6 are same.
    assert.deepEqual(
      [summary.data.trainIdentities, summary.data.testIdentities, summary.data.testImages],
      [4, 2, 8],
    );
    assert.equal(summary.verification.pairs, 24);
    assert.equal(summary.allPairs.smallestFar, 1 / 16);
    assert.equal(summary.training.steps, 6);
    assert.equal(summary.runDirectory, out);
    for (const part of ["facenet-lab", "node", "revision"]) assert.ok(part in summary.versions, part);
    const card = readCard(join(out, "model"));
    assert.equal(card.id, summary.model);
    assert.equal(card.input.alignment, "center-crop");
    assert.equal(card.threshold?.value, summary.verification.threshold);
    const embeddings = loadEmbeddings(join(out, "embeddings"));
    assert.deepEqual([embeddings.vectors.rows, embeddings.model], [8, card.id]);
    assert.match(readFileSync(join(out, "report.html"), "utf8"), /<h2 id="map">/);
  }));

test("walk() gives the same weights for the same seed, and others for another", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const model = async (name: string, seed: number): Promise<string> =>
      (await walk(quick(data, join(place, name), seed))).model;
    const first = await model("a", 4);
    assert.equal(await model("b", 4), first);
    assert.notEqual(await model("c", 5), first);
  }));

test("walk() stops cleanly, goes on with resume, and ends with the weights of an undisturbed run", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const whole = await walk(quick(data, join(place, "whole")));
    const out = join(place, "stopped");
    const stop = new AbortController();
    const stopAt3 = {
      signal: stop.signal,
      onStep: ({ steps }: { steps: number }) => steps === 3 && stop.abort(),
    };
    await assert.rejects(
      walk({ ...quick(data, out), ...stopAt3 } as WalkOptions),
      (error) => error instanceof Interrupted && /after step 3; a checkpoint was saved/.test(error.message),
    );
    assert.equal(existsSync(join(out, "summary.json")), false);
    await assert.rejects(walk(quick(data, out)), /already holds one\. Add --resume/);
    await assert.rejects(walk({ ...quick(data, out, 2), resume: true }), /seed must be the same as before/);
    const detecting = { ...quick(data, out).align, useLandmarks: false };
    await assert.rejects(
      walk({ ...quick(data, out), align: detecting, resume: true }),
      /useLandmarks must be the same as before \(not given\), current value is false/,
    );
    const notes: string[] = [];
    const resumed = await walk({ ...quick(data, out), resume: true, note: (line) => notes.push(line) });
    assert.deepEqual(notes, ["going on from step 3"]);
    assert.equal(resumed.model, whole.model);
    for (const file of ["model/weights.bin", "embeddings/vectors.npy"]) {
      assert.ok(readFileSync(join(out, file)).equals(readFileSync(join(place, "whole", file))), file);
    }
    const shown = await walk({ ...quick(data, out), resume: true, note: (line) => notes.push(line) });
    assert.deepEqual(shown, resumed);
    assert.match(notes[1], /this run is finished/);
    const moved = join(place, "moved");
    renameSync(out, moved);
    const there = await walk({ ...quick(data, moved), resume: true });
    assert.deepEqual(there, { ...resumed, runDirectory: moved });
  }));

test("walk() says that the last bits may differ when it goes on with another engine", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const out = join(place, "run");
    const stop = new AbortController();
    await assert.rejects(
      walk({ ...quick(data, out), signal: stop.signal, onStep: () => stop.abort() }),
      /Stopped after step 1/,
    );
    const path = join(out, "checkpoints", "step-00000001.ckpt");
    const { header, vectors } = readVectorFile(path);
    const { versions, ...others } = header as { versions: Record<string, string> };
    writeVectorFile(path, { ...others, versions: { ...versions, node: "18.0.0" } }, vectors);
    const notes: string[] = [];
    await walk({ ...quick(data, out), resume: true, note: (line) => void notes.push(line) });
    assert.equal(notes.length, 2);
    assert.match(notes[1], /was made with node 18\.0\.0, now .*: the last bits may differ/);
  }));

test("walk() gives the same summary and files for the same seed, but for times and places", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const contents = async (name: string): Promise<Record<string, unknown>> => {
      const summary = await walk(quick(data, join(place, name), 4));
      const { seconds: _, runDirectory: __, training, ...rest } = summary;
      const { seconds: ___, imagesPerSecond: ____, ...steps } = training;
      const bytes = ["model/weights.bin", "embeddings/vectors.npy", "embeddings/images.csv"].map((file) =>
        readFileSync(join(place, name, file), "base64"),
      );
      const { steps: curve } = JSON.parse(readFileSync(join(place, name, "history.json"), "utf8"));
      return { ...rest, training: steps, bytes, losses: curve.loss };
    };
    assert.deepEqual(await contents("a"), await contents("b"));
  }));

test("walk() takes hostile names as data and leaves unreadable images out, counted and named", () =>
  inWorkplace(async (place) => {
    const hostile = "<img src=x onerror=alert(1)>";
    const names = [hostile, "__proto__", "\u202egnp.exe", "名前", "x".repeat(200), "a'b\"c&d"];
    const data = await writePatterns(join(place, "data"), { identities: names });
    const image = readFileSync(join(data, "名前", "0.png"));
    // A header that claims 100,000 × 100,000 pixels; its checksum does not matter, it must not be trusted either way.
    const huge = Buffer.from(image);
    huge.writeUInt32BE(100_000, 16);
    huge.writeUInt32BE(100_000, 20);
    for (const [file, bytes] of [
      ["zero.jpg", ""],
      ["text.jpg", "no picture at all"],
      ["cut.png", image.subarray(0, image.length / 2)],
      ["huge.png", huge],
    ] as const) {
      writeFileSync(join(data, "名前", file), bytes);
    }
    mkdirSync(join(data, "nobody"));
    writeFileSync(join(data, hostile, `${hostile}.txt`), "no picture");
    const notes: string[] = [];
    const summary = await walk({ ...quick(data, join(place, "run")), note: (line) => void notes.push(line) });
    // Five files and a folder.
    assert.deepEqual([summary.data.skipped, summary.data.skippedFolders], [5, 1]);
    const left = summary.data.leftOut?.map(({ name }) => name).sort();
    const files = ["zero.jpg", "text.jpg", "cut.png", "huge.png"].map((file) => `名前/${file}`);
    assert.deepEqual(left, [...files, "nobody", `${hostile}/${hostile}.txt`].sort());
    for (const name of left ?? [])
      assert.ok(
        notes.some((line) => line.startsWith(`left out  ${name}: `)),
        name,
      );
    const report = readFileSync(join(place, "run", "report.html"), "utf8");
    assert.ok(!report.includes(hostile));
    assert.ok(!report.includes("<img src=x"));
    assert.match(report, /5 files and 1 folder were left out because they could not be used/);
    assert.match(report, /<summary>left out<\/summary>.*<td>名前\/cut\.png<\/td><td>Cannot read/);
    assert.match(report, /<td>nobody<\/td><td>an identity folder without images<\/td>/);
  }));

test("walk() says what is wrong with data that cannot be tested, and leaves no run folder behind", () =>
  inWorkplace(async (place) => {
    const cases: [string, readonly string[], number, RegExp][] = [
      ["one", ["only"], 8, /at least 4 identities with two or more images are needed/],
      ["singles", ["a", "b", "c", "d", "e", "f"], 1, /current value is 0 of 6/],
    ];
    for (const [name, identities, images, message] of cases) {
      const data = await writePatterns(join(place, name), { identities, images });
      await assert.rejects(walk(quick(data, join(place, "runs", name))), message);
    }
    await assert.rejects(walk(quick(join(place, "missing"), join(place, "runs", "x"))), /and it does not/);
    mkdirSync(join(place, "empty"));
    await assert.rejects(walk(quick(join(place, "empty"), join(place, "runs", "x"))), /it is empty/);
    const broken = await writePatterns(join(place, "broken"));
    for (const id of readdirSync(broken)) {
      for (const file of readdirSync(join(broken, id))) writeFileSync(join(broken, id, file), "broken");
    }
    await assert.rejects(walk(quick(broken, join(place, "runs", "x"))), /^LabError: Cannot /);
    assert.equal(existsSync(join(place, "runs")), false);
  }));

test("walk() keeps its hands off a folder that is not its own", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    await assert.rejects(walk(quick(data, data)), /the folder must be new, empty or hold a run/);
    writeFileSync(join(place, "file"), "");
    await assert.rejects(walk(quick(data, join(place, "file"))), /Cannot use the run folder/);
    assert.equal(readdirSync(data).length, 6);
  }));

test("walk() reads grey and oddly shaped images beside coloured ones", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const random = createRandom(1);
    const grey = (width: number, height: number): Promise<Uint8Array> =>
      encodePng(
        raster(
          width,
          height,
          1,
          Uint8Array.from({ length: width * height }, () => random.integer(256)),
        ),
      );
    for (const id of readdirSync(data)) {
      writeFileSync(join(data, id, "tiny.png"), await grey(1, 1));
      writeFileSync(join(data, id, "wide.png"), await grey(300, 3));
    }
    const summary = await walk(quick(data, join(place, "run")));
    assert.equal(summary.data.images, 36);
    assert.ok(summary.verification.auc >= 0 && summary.verification.auc <= 1);
  }));

test("walk() names the loss of its training in the report", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const options = quick(data, join(place, "run"));
    await walk({ ...options, settings: { ...options.settings, objective: { name: "softmax" } } });
    const page = readFileSync(join(place, "run", "report.html"), "utf8");
    assert.match(
      page,
      /trained from random weights with the loss softmax, classification \(DeepFace, VGG Face\)/,
    );
    assert.doesNotMatch(page, /triplet loss|the margin means collapse/);
  }));
