import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import type { CropSet } from "../../lib/data/dataset";
import { createSamplerOf } from "../../lib/samplers/choice";
import { augmentations, batchOfCrops } from "../../lib/train/augment";
import { Batches, type BatchesState } from "../../lib/train/batches";
import { BatchMaker } from "../../lib/train/batchMaker";
import { tinySettings } from "./fixtures";

const INPUT = 96;
const settings = {
  ...tinySettings,
  batch: { sampler: "identities", identities: 8, images: 4 },
  augmentation: "transfer",
} as const;
const noOffline = (): never => assert.fail("nothing is mined offline");

/** Noise: 10 identities of 5 crops of 100×100 grey pixels, so that a batch has 294,912 values: enough for a thread. */
function noiseCrops(): CropSet {
  const random = createRandom(1);
  const [size, count] = [100, 50];
  return {
    size,
    channels: 1,
    data: Uint8Array.from({ length: count * size * size }, () => random.integer(256)),
    labels: Int32Array.from({ length: count }, (_, i) => Math.floor(i / 5)),
    names: Array.from({ length: count }, (_, i) => `${i}.png`),
    identities: Array.from({ length: 10 }, (_, i) => `identity ${i}`),
  };
}

const crops = noiseCrops();

/** Oracle: each batch drawn and made when it is wanted, in this thread. */
function plainBatches(count: number): { rows: number[]; images: Float32Array; after: BatchesState }[] {
  const root = createRandom(settings.seed);
  const [drawing, views] = [root.fork("sampler"), root.fork("augment")];
  const sampler = createSamplerOf(settings.batch, crops.labels, drawing, noOffline);
  return Array.from({ length: count }, () => {
    const rows = sampler.next();
    const images = batchOfCrops(crops, rows, INPUT, { augmentation: augmentations.transfer, random: views });
    const random = { sampler: drawing.state(), augment: views.state() };
    return { rows: [...rows], images, after: { random, sampler: sampler.state() } };
  });
}

const start = (resume?: BatchesState): Batches =>
  new Batches(crops, settings, { inputSize: INPUT, resume, mineOffline: noOffline });

function compare(batches: Batches, expected: ReturnType<typeof plainBatches>, from: number): void {
  expected.forEach(({ rows, images, after }, i) => {
    const batch = batches.next(from + i);
    assert.deepEqual([...batch.rows], rows);
    assert.deepEqual(batch.images, images);
    assert.deepEqual(batches.state(), after);
  });
}

test("Batches.next() gives what is made ahead in a thread the numbers and states of making it when it is wanted", () => {
  const batches = start();
  compare(batches, plainBatches(4), 0);
  batches.dispose();
});

test("Batches goes on from a state that was saved while the next batch was being made", () => {
  const expected = plainBatches(5);
  const first = start();
  compare(first, expected.slice(0, 2), 0);
  const second = start(structuredClone(first.state()));
  first.dispose();
  compare(second, expected.slice(2), 2);
  second.dispose();
});

test("Batches goes on without its thread when that is lost", () => {
  const expected = plainBatches(4);
  const batches = start();
  compare(batches, expected.slice(0, 2), 0);
  batches.dispose();
  compare(batches, expected.slice(2), 2);
});

test("BatchMaker.finish() says that a batch cannot be made", () => {
  const maker = new BatchMaker(crops, { count: 2, inputSize: INPUT, augmentation: "faces" });
  maker.begin([0, 1], [1, 2, 3, 4]);
  maker.dispose();
  assert.equal(maker.finish(), undefined);
  assert.ok(maker.lost);
});
