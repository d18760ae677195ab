/** One step of the paper's batch in a process of its own. Argument: side of the input, chunk. Prints one line of JSON. */
import { createRandom } from "../../lib/core/random";
import type { CropSet } from "../../lib/data/dataset";
import { laptopNet } from "../../lib/nets/laptopNets";
import { defaultSettings } from "../../lib/train/settings";
import { Trainer } from "../../lib/train/trainer";

/** What one step gave. */
export interface LargeBatchRun {
  readonly batch: number;
  readonly loss: number;
  readonly terms: number;
  /** Peak of the process in bytes. */
  readonly peakMemory: number;
}

const IMAGES = 40;

/** 50 identities × 40 images, each a piece of one long noise: what a step costs does not depend on what it sees. */
function noiseCrops(size: number): CropSet {
  const random = createRandom(1);
  const count = 50 * IMAGES;
  const bytes = size * size * 3;
  const noise: Uint8Array = Uint8Array.from({ length: 8 * bytes }, () => random.integer(256));
  const data: Uint8Array = new Uint8Array(count * bytes);
  for (let i = 0; i < count; i++) {
    const start = random.integer(7 * bytes);
    data.set(noise.subarray(start, start + bytes), i * bytes);
  }
  const labels: Int32Array = Int32Array.from({ length: count }, (_, i) => Math.floor(i / IMAGES));
  return { size, channels: 3, data, labels, names: [], identities: [] };
}

if (require.main === module) {
  const [size, chunk] = process.argv.slice(2).map(Number);
  const trainer = new Trainer(laptopNet({ inputSize: size }), noiseCrops(size), {
    ...defaultSettings,
    batch: { sampler: "identities", identities: 30, images: IMAGES, extraNegatives: 600 },
    augmentation: "none",
    budget: { steps: 1 },
    chunk,
  });
  const { loss, terms } = trainer.step();
  const peakMemory = 1024 * process.resourceUsage().maxRSS;
  const run: LargeBatchRun = { batch: trainer.sampler.batchSize, loss, terms, peakMemory };
  process.stdout.write(JSON.stringify(run));
}
