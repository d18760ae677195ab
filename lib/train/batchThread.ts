/** The thread behind {@link BatchMaker}: makes the batch that lies in shared memory each time it gets a message. */
import { parentPort, workerData } from "node:worker_threads";
import { createRandom } from "../core/random";
import { augmentations, batchOfCrops } from "./augment";
import type { SharedBatch } from "./sharedBatch";

const batch = workerData as SharedBatch;
const { size, channels, inputSize, done } = batch;
const count = batch.crops.length / (size * size * channels);
const rows = Int32Array.from({ length: count }, (_, i) => i);
const crops = { size, channels, data: batch.crops, labels: rows, names: [], identities: [] };

parentPort?.on("message", (half: 0 | 1) => {
  let outcome = -1;
  try {
    const random = createRandom([...batch.random]);
    batchOfCrops(crops, rows, inputSize, {
      augmentation: augmentations[batch.augmentation],
      random,
      reuse: batch.images[half],
    });
    batch.random.set(random.state());
    outcome = 1;
  } finally {
    Atomics.store(done, 0, outcome);
    Atomics.notify(done, 0);
  }
});
