import { createRandom } from "../core/random";
import { loadEngine } from "../engine/load";
import { buildNet } from "../nets/build";
import { embeddingSize, type NetSpec } from "../nets/spec";
import { gradientOfBatch } from "./backprop";
import { NetOptimizer } from "./netOptimizer";
import { createObjective } from "./objectives";
import { paperSettings } from "./settings";

/** What one trial of a net took. */
export interface NetTrial {
  /** Images in the batch. */
  readonly images: number;
  /** Seconds to make the random weights, for one forward pass, and for one training step (forward, backward, AdaGrad). */
  readonly buildSeconds: number;
  readonly forwardSeconds: number;
  readonly stepSeconds: number;
  readonly loss: number;
  /** Largest memory of this process so far, in bytes. */
  readonly peakMemory: number;
}

/** Options of {@link tryNet}. */
export interface TryOptions {
  /** Identities in the batch, two images each, at least 2; default 2. */
  readonly identities?: number;
  /** Seed of weights and noise images; default 1. */
  readonly seed?: number;
}

/** Builds a net, embeds a batch of noise images and takes one training step on it: shows that a net runs here, and at what cost. */
export function tryNet(spec: NetSpec, { identities = 2, seed = 1 }: TryOptions = {}): NetTrial {
  if (!Number.isInteger(identities) || identities < 2) {
    throw new RangeError(
      `Cannot try the net ${spec.name}: identities must be an integer of at least 2, current value is ${identities}`,
    );
  }
  const tf = loadEngine();
  const random = createRandom(seed);
  const timed = <T>(work: () => T): [T, number] => {
    const start = performance.now();
    const result = work();
    return [result, (performance.now() - start) / 1000];
  };
  const [net, buildSeconds] = timed(() => buildNet(spec, random.fork("weights")));
  const { inputSize, channels } = spec;
  const labels = Int32Array.from({ length: 2 * identities }, (_, i) => i >> 1);
  const pixels = labels.length * inputSize ** 2 * channels;
  const images: Float32Array = Float32Array.from({ length: pixels }, () => random.normal());
  const [, forwardSeconds] = timed(() =>
    tf.tidy(() =>
      net
        .forward(tf.tensor4d(images, [labels.length, inputSize, inputSize, channels]), { training: false })
        .dataSync(),
    ),
  );
  const [result, stepSeconds] = timed(() => {
    const objective = createObjective(
      { name: "triplet", mining: "all" },
      { classes: identities, dimension: embeddingSize(spec), random },
    );
    const { result, gradients } = gradientOfBatch(net, { images, labels }, objective, labels.length);
    const optimizer = new NetOptimizer(net, "adagrad");
    optimizer.step(gradients, paperSettings.rate);
    optimizer.dispose();
    tf.dispose(gradients);
    return result;
  });
  net.dispose();
  return {
    images: labels.length,
    buildSeconds,
    forwardSeconds,
    stepSeconds,
    loss: result.loss,
    peakMemory: 1024 * process.resourceUsage().maxRSS,
  };
}
