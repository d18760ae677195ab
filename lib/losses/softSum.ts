/** ln Σ e^z and the share that each term has in the sum. */
export interface SoftSum {
  /** ln(base + Σₖ e^{z(k)}); −∞ for no terms with base 0. */
  readonly log: number;
  /** e^{z(k)} / (base + Σ), the derivative of `log` by z(k). */
  readonly share: Float64Array;
}

/** The soft maximum of `exponent` over `indices`, as every loss over all pairs uses it; `base` is 0, or 1 for "ln(1 + …)". Cannot overflow. */
export function softSum(indices: Int32Array, exponent: (j: number) => number, base: 0 | 1 = 0): SoftSum {
  const share = new Float64Array(indices.length);
  let highest = base === 1 ? 0 : Number.NEGATIVE_INFINITY;
  for (let k = 0; k < share.length; k++) {
    share[k] = exponent(indices[k]);
    highest = Math.max(highest, share[k]);
  }
  if (highest === Number.NEGATIVE_INFINITY) return { log: highest, share };
  let sum = base * Math.exp(-highest);
  for (let k = 0; k < share.length; k++) {
    share[k] = Math.exp(share[k] - highest);
    sum += share[k];
  }
  for (let k = 0; k < share.length; k++) share[k] /= sum;
  return { log: highest + Math.log(sum), share };
}

/** ln(1 + eᶻ), without overflow. */
export function softplus(z: number): number {
  return Math.max(0, z) + Math.log1p(Math.exp(-Math.abs(z)));
}

/** 1 / (1 + e⁻ᶻ), the derivative of softplus. */
export function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}
