import { loadEngine } from "../../lib/engine/load";
import { laptopNet } from "../../lib/nets/laptopNets";
import { defaultSettings } from "../../lib/train/settings";
import { Trainer } from "../../lib/train/trainer";
import { patternCrops } from "../train/fixtures";

/** Memory at a step of a training run. */
export interface MemoryAt {
  readonly step: number;
  readonly tensors: number;
  /** Of this process, MiB. */
  readonly rss: number;
}

/** Trains for `minutes` and looks at the memory every two seconds. */
export async function memoryWhileTraining(minutes: number): Promise<MemoryAt[]> {
  const tf = loadEngine();
  const spec = laptopNet({ inputSize: 16, channels: 1, embedding: 32, widths: [8, 12, 16, 24] });
  const batch = { sampler: "identities", identities: 16, images: 4 } as const;
  const settings = { ...defaultSettings, batch, budget: { seconds: 60 * minutes } };
  const trainer = new Trainer(spec, patternCrops(200, 10), settings);
  const seen: MemoryAt[] = [];
  let next = 2;
  while (!trainer.done) {
    trainer.step();
    if (trainer.seconds < next) continue;
    next += 2;
    seen.push({
      step: trainer.steps,
      tensors: tf.memory().numTensors,
      rss: process.memoryUsage.rss() / 2 ** 20,
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  trainer.dispose();
  return seen;
}

/** Slope of y over x by least squares. */
export function slopeOf(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const products = x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0);
  return products / x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
}
