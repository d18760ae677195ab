/**
 * Optimisers over one flat vector of weights. In plain typed arrays: the whole rule on one page, its state a plain vector that a
 * checkpoint can hold and that resumes bit for bit. They move what an objective trains; a net's weights are moved by the same rules on the engine (`netOptimizer`).
 */
export interface Optimizer {
  readonly name: OptimizerName;
  /** Moves `weights` in place by one step against `gradient` (same length), at learning rate `rate`. */
  step(weights: Float32Array, gradient: Float32Array, rate: number): void;
  /** The state vectors (views, not copies), in a fixed order, and the number of steps taken. */
  state(): { readonly steps: number; readonly vectors: readonly Float32Array[] };
  restore(steps: number, vectors: readonly Float32Array[]): void;
}

export type OptimizerName = "adagrad" | "adamw";

/** The defaults of {@link OptimizerOptions}. */
export const optimizerDefaults: Readonly<Required<OptimizerOptions>> = {
  initialAccumulator: 0.1,
  weightDecay: 5e-4,
  beta1: 0.9,
  beta2: 0.999,
};

/** Options of {@link createOptimizer}. */
export interface OptimizerOptions {
  /** AdaGrad: start value of the accumulator, > 0; default 0.1 (TensorFlow's). */
  readonly initialAccumulator?: number;
  /** AdamW: decoupled weight decay per step as a share of the learning rate; default 5e-4. Only where `decays` is 1. */
  readonly weightDecay?: number;
  /** AdamW: decay rates of the two moments; default 0.9 and 0.999. */
  readonly beta1?: number;
  readonly beta2?: number;
}

/** An optimiser for `size` weights. `decays[i]` is 1 where weight decay applies (kernels, not scales and offsets). */
export function createOptimizer(
  name: OptimizerName,
  size: number,
  decays: Uint8Array,
  options: OptimizerOptions = {},
): Optimizer {
  switch (name) {
    case "adagrad":
      return adagrad(size, options);
    case "adamw":
      return adamw(size, decays, options);
    default:
      throw new RangeError(
        `Cannot make an optimiser: the name must be adagrad or adamw, current value is ${String(name)}`,
      );
  }
}

/**
 *   s ← s + g²,   w ← w − rate · g / (√s + 1e-7)
 *
 * Source: Duchi, Hazan, Singer (2011); the paper's optimiser (section 3.3, start rate 0.05).
 */
function adagrad(
  size: number,
  { initialAccumulator = optimizerDefaults.initialAccumulator }: OptimizerOptions,
): Optimizer {
  if (!(initialAccumulator > 0)) {
    throw new RangeError(
      `Cannot make AdaGrad: the initial accumulator must be above 0, current value is ${initialAccumulator}`,
    );
  }
  const sum: Float32Array = new Float32Array(size).fill(initialAccumulator);
  let steps = 0;
  return {
    name: "adagrad",
    step: (weights, gradient, rate) => {
      steps++;
      for (let i = 0; i < size; i++) {
        const g = gradient[i];
        sum[i] += g * g;
        weights[i] -= (rate * g) / (Math.sqrt(sum[i]) + 1e-7);
      }
    },
    state: () => ({ steps, vectors: [sum] }),
    restore: (taken, vectors) => {
      steps = taken;
      sum.set(vectors[0]);
    },
  };
}

/**
 *   m ← β₁m + (1−β₁)g,   v ← β₂v + (1−β₂)g²,   w ← w − rate · ( m̂ / (√v̂ + 1e-8) + λw )
 *
 * Source: Loshchilov and Hutter (2019), "Decoupled Weight Decay Regularization", Algorithm 2.
 */
function adamw(size: number, decays: Uint8Array, options: OptimizerOptions): Optimizer {
  const { beta1, beta2, weightDecay } = { ...optimizerDefaults, ...options };
  const first: Float32Array = new Float32Array(size);
  const second: Float32Array = new Float32Array(size);
  let steps = 0;
  return {
    name: "adamw",
    step: (weights, gradient, rate) => {
      steps++;
      const correct1 = 1 / (1 - beta1 ** steps);
      const correct2 = 1 / (1 - beta2 ** steps);
      for (let i = 0; i < size; i++) {
        const g = gradient[i];
        const m = beta1 * first[i] + (1 - beta1) * g;
        const v = beta2 * second[i] + (1 - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        const w = weights[i];
        const decay = decays[i] === 1 ? weightDecay * w : 0;
        weights[i] = w - rate * ((m * correct1) / (Math.sqrt(v * correct2) + 1e-8) + decay);
      }
    },
    state: () => ({ steps, vectors: [first, second] }),
    restore: (taken, vectors) => {
      steps = taken;
      first.set(vectors[0]);
      second.set(vectors[1]);
    },
  };
}
