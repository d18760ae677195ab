/**
 * The rules of `createOptimizer` as TensorFlow's own kernels, which pass over weights, gradient and state once and on all cores.
 *
 *   AdaGrad: s ← s + g²,   w ← w − rate · g / (√s + ε)
 *   AdamW:   w ← w − rate · λ · w,   m ← β₁m + (1−β₁)g,   v ← β₂v + (1−β₂)g²,   w ← w − rate · √(1−β₂ᵗ) / (1−β₁ᵗ) · m / (√v + ε)
 *
 * Source: as there. AdamW's ε = 1e-8 · √(1−β₂ᵗ) stands beside the uncorrected v, which is the same function.
 */
import { type OptimizerName, optimizerDefaults } from "./optimizers";

const { initialAccumulator, beta1, beta2, weightDecay } = optimizerDefaults;

/** A rule for a graph. */
export interface UpdateRule {
  /** Takes weights, state, numbers and gradient. */
  readonly op: "ApplyAdagradV2" | "ApplyAdam";
  /** What the vectors of state begin with. */
  readonly state: readonly number[];
  /** The numbers of step `t` = 1, 2, … */
  readonly numbers: (rate: number, t: number) => readonly number[];
  /** By what kernels (not scales and offsets) are multiplied before. */
  readonly keep: (rate: number) => number;
}

const updateRules: Readonly<Record<OptimizerName, UpdateRule>> = {
  adagrad: {
    op: "ApplyAdagradV2",
    state: [initialAccumulator],
    numbers: (rate) => [rate, 1e-7],
    keep: () => 1,
  },
  adamw: {
    op: "ApplyAdam",
    state: [0, 0],
    numbers: (rate, t) => {
      const root = Math.sqrt(1 - beta2 ** t);
      // Two powers of β by which the kernel would correct the rate itself, in float32: 0 for none.
      return [0, 0, (rate * root) / (1 - beta1 ** t), beta1, beta2, 1e-8 * root];
    },
    keep: (rate) => 1 - rate * weightDecay,
  },
};

/** The rule by its name, with the default options of `createOptimizer`. Throws a RangeError when there is none. */
export function updateRuleOf(name: OptimizerName): UpdateRule {
  if (Object.hasOwn(updateRules, name)) return updateRules[name];
  throw new RangeError(
    `Cannot make an optimiser: the name must be adagrad or adamw, current value is ${String(name)}`,
  );
}
