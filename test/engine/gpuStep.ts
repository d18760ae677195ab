// Prints as JSON where TensorFlow computes, and what it computes there: gradients of a batch, losses of two training steps, embeddings. CUDA_VISIBLE_DEVICES=-1 hides the GPUs.
import { createRandom } from "../../lib/core/random";
import { computesOnGpu } from "../../lib/engine/gpu";
import { loadEngine } from "../../lib/engine/load";
import { buildNet } from "../../lib/nets/build";
import { namedNet } from "../../lib/nets/named";
import { gradientsFrom } from "../../lib/nets/trainingPass";
import { embedCrops } from "../../lib/train/embed";
import { Trainer, train } from "../../lib/train/trainer";
import { patternCrops, tinyNet, tinySettings } from "../train/fixtures";

type Tensor2D = import("@tensorflow/tfjs-node").Tensor2D;
type Tensor4D = import("@tensorflow/tfjs-node").Tensor4D;

/** What one device computed. */
export interface Computed {
  readonly gpu: boolean;
  readonly gradients: readonly number[];
  readonly losses: readonly number[];
  readonly embeddings: readonly number[];
}

async function compute(): Promise<Computed> {
  const tf = loadEngine();
  const net = buildNet(namedNet("laptop", { inputSize: 32, embedding: 16 }), createRandom(4));
  const gradients = tf.tidy(() => {
    const images = tf.randomNormal([8, 32, 32, 3], 0, 1, "float32", 5) as Tensor4D;
    const wanted = tf.randomNormal([8, 16], 0, 1, "float32", 6) as Tensor2D;
    return gradientsFrom(net, images, wanted, false).gradients.flatMap((tensor) => [...tensor.dataSync()]);
  });
  net.dispose();
  const crops = patternCrops();
  const trainer = new Trainer(tinyNet, crops, { ...tinySettings, budget: { steps: 2 } });
  await train(trainer);
  const embeddings = [...(await embedCrops(trainer.net, crops)).data];
  const losses = [...trainer.history.steps.loss];
  trainer.dispose();
  return { gpu: computesOnGpu(tf), gradients, losses, embeddings };
}

compute().then((computed) => process.stdout.write(JSON.stringify(computed)));
