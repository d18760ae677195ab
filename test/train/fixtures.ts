import { createRandom } from "../../lib/core/random";
import type { CropSet } from "../../lib/data/dataset";
import { laptopNet } from "../../lib/nets/laptopNets";
import type { NetSpec } from "../../lib/nets/spec";
import { defaultSettings, type TrainSettings } from "../../lib/train/settings";

/** Noisy copies of one random pattern per identity: easy to learn, 18×18 grey. */
export function patternCrops(identities: number = 6, images: number = 5, seed: number = 1): CropSet {
  const random = createRandom(seed);
  const size = 18;
  const pixels = size * size;
  const count = identities * images;
  const data: Uint8Array = new Uint8Array(count * pixels);
  for (let id = 0; id < identities; id++) {
    const pattern = Array.from({ length: pixels }, () => random.integer(256));
    for (let k = 0; k < images; k++) {
      const start = (id * images + k) * pixels;
      for (let i = 0; i < pixels; i++) data[start + i] = 0.6 * pattern[i] + 0.4 * random.integer(256);
    }
  }
  const labels: Int32Array = Int32Array.from({ length: count }, (_, i) => Math.floor(i / images));
  return {
    size,
    channels: 1,
    data,
    labels,
    names: Array.from(labels, (label, i) => `${label}/${i}.png`),
    identities: Array.from({ length: identities }, (_, i) => `identity ${i}`),
  };
}

export const tinyNet: NetSpec = laptopNet({ inputSize: 16, channels: 1, embedding: 8, widths: [2, 3, 4, 5] });

export const tinySettings: TrainSettings = {
  ...defaultSettings,
  budget: { steps: 8 },
  batch: { sampler: "identities", identities: 4, images: 3 },
  augmentation: "light",
  warmup: 2,
  rate: 5e-3,
};
