import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { decodeImage } from "../../lib/image/codec";
import type { Sampler } from "../../lib/samplers/sampler";
import { readCard } from "../../lib/train/modelFolder";
import { defaultSettings, type TrainSettings } from "../../lib/train/settings";
import type { Trainer } from "../../lib/train/trainer";
import { openEmbedder } from "../../lib/walk/embedder";
import { smallBatchText } from "../../lib/walk/runTroubles";
import { type WalkOptions, walk } from "../../lib/walk/walk";
import { inWorkplace, writePatterns } from "./fixtures";

/** Batches of three identities with two images: a run is idle from its first window, at step 20, and hopeless two steps later. */
const idle = (data: string, out: string): WalkOptions => ({
  data,
  out,
  align: { mode: "center-crop", size: 32 },
  net: { name: "laptop-small" },
  settings: {
    budget: { steps: 24 },
    batch: { sampler: "identities", identities: 3, images: 2 },
    objective: { name: "triplet", margin: 1e-7 },
  },
  patience: 2,
});

const filesOf = (folder: string): string[] => readdirSync(folder).sort();

test("walk() warns of a trouble once, stops when it is hopeless, keeps the batch, and goes on only when told to", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const out = join(place, "run");
    const notes: string[] = [];
    const options = { ...idle(data, out), note: (line: string) => void notes.push(line) };
    await assert.rejects(
      walk(options),
      /^LabError: Stopped at step 22, going on is hopeless: idle since step 20\. No triplet .* --resume --go-on .*trouble/,
    );
    assert.deepEqual(
      notes.map((line) => line.slice(0, 19)),
      ["idle since step 20."],
    );
    assert.equal(existsSync(join(out, "model")), false);
    const folder = join(out, "checkpoints", "trouble");
    assert.deepEqual(filesOf(folder), ["batch.png", "inputs.npy", "trouble.json"]);
    // Six inputs of 32×32 pixels in three columns.
    const sheet = await decodeImage(readFileSync(join(folder, "batch.png")), "batch.png");
    assert.deepEqual([sheet.width, sheet.height], [96, 64]);
    assert.match(readFileSync(join(folder, "inputs.npy"), "latin1"), /'shape': \(6, 32, 32, 3\)/);
    const facts = JSON.parse(readFileSync(join(folder, "trouble.json"), "utf8"));
    assert.deepEqual([facts.step, facts.trouble.name, facts.images.length], [22, "idle", 6]);
    assert.equal(new Set(facts.images.map((image: { identity: string }) => image.identity)).size, 3);

    await assert.rejects(walk({ ...options, resume: true }), /Stopped at step 23/);
    const summary = await walk({ ...options, resume: true, goOn: true });
    assert.equal(summary.training.steps, 24);
    assert.deepEqual(
      summary.training.troubles?.map(({ name }) => name),
      ["idle"],
    );
    assert.deepEqual(readCard(join(out, "model")).training.troubles, [{ name: "idle", since: 20 }]);
    assert.match(
      readFileSync(join(out, "report.html"), "utf8"),
      /in trouble when it ended: idle since step 20/,
    );
    const cautions: string[] = [];
    const embedder = await openEmbedder(join(out, "model"), { note: (line) => cautions.push(line) });
    embedder.dispose();
    assert.match(cautions[0], /ended in trouble, idle since step 20/);
  }));

test("walk() says once that batches hold fewer identities than were asked for, and then advises no larger ones", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const notes: string[] = [];
    const { settings, ...rest } = idle(data, join(place, "run"));
    // Four of the six identities train.
    const batch = { sampler: "identities", identities: 32, images: 2 } as const;
    const options = {
      ...rest,
      settings: { ...settings, batch },
      note: (line: string) => void notes.push(line),
    };
    await assert.rejects(
      walk(options),
      /idle since step 20\. No triplet has a loss, and each batch holds all/,
    );
    assert.equal(
      notes[0],
      "batches hold 4 of the 32 identities that were asked for: the training side has no more",
    );
    assert.equal(notes.length, 2);
    await walk({ ...options, resume: true, goOn: true });
    assert.equal(notes.filter((line) => line.startsWith("batches hold")).length, 1);
    // A fifth identity with one image cannot be in a batch as a pair.
    const few = { settings: { ...defaultSettings, batch }, sampler: { batchSize: 8 } as Sampler };
    assert.match(smallBatchText({ ...few, identities: 5 }) ?? "", /has no more with two or more images$/);
    assert.equal(
      smallBatchText({
        ...few,
        settings: { ...few.settings, batch: { ...batch, identities: 4 } },
        identities: 5,
      }),
      undefined,
    );
  }));

test("walk() keeps the batch of a step whose numbers are not finite, and goes on from the checkpoint before it", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const settings: Partial<TrainSettings> = {
      budget: { steps: 5 },
      batch: { sampler: "identities", identities: 3, images: 2 },
    };
    const options = { ...idle(data, join(place, "run")), settings, checkpointEvery: 2 };
    const poison = ({ steps, net }: Trainer): void => {
      const { variable } = net.weights[0];
      if (steps === 3) variable.assign(variable.mul(Number.NaN));
    };
    await assert.rejects(
      walk({ ...options, onStep: poison }),
      /^LabError: Cannot go on training: .* at step 4 .* in the weights of .*\.kernel.*The last batch lies in .*trouble/,
    );
    const folder = join(place, "run", "checkpoints");
    assert.deepEqual(filesOf(folder), ["step-00000002.ckpt", "trouble"]);
    const { where, step } = JSON.parse(readFileSync(join(folder, "trouble", "trouble.json"), "utf8"));
    assert.deepEqual([where.part, step], ["weights", 4]);
    const notes: string[] = [];
    const resumed = await walk({ ...options, resume: true, note: (line) => void notes.push(line) });
    assert.deepEqual(notes, ["going on from step 2"]);
    const whole = await walk({ ...options, out: join(place, "whole") });
    assert.equal(resumed.model, whole.model);
  }));
