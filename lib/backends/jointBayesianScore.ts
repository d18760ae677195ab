/**
 * ln p(x₁, x₂ | same) − ln p(x₁, x₂ | different) in nats for two vectors in the basis where S_ε = I and S_μ = diag(λ):
 *
 *   Σₖ ln(1 + λ) − ½ ln(1 + 2λ) − ½ λ² / ((1 + λ)(1 + 2λ)) (a² + b²) + λ / (1 + 2λ) a b
 *
 * Same: covariance [[1 + λ, λ], [λ, 1 + λ]] on each axis, different: (1 + λ) I. In the features' own coordinates this is Chen et al.'s
 * x₁ᵀ A x₁ + x₂ᵀ A x₂ − 2 x₁ᵀ G x₂ with A = (S_μ + S_ε)⁻¹ − (F + G) and G = −(2 S_μ + S_ε)⁻¹ S_μ S_ε⁻¹, halved, plus a constant.
 * Source: Chen et al. (ECCV 2012), Eq. 4. Differs from the paper: keeps the factor ½ and the constant, so that 0 means equally likely.
 */
export function jointBayesianScore(
  ratios: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): number {
  let score = 0;
  for (let k = 0; k < ratios.length; k++) {
    const [ratio, a, b] = [ratios[k], first[k], second[k]];
    const [single, pair] = [1 + ratio, 1 + 2 * ratio];
    score += Math.log(single) - Math.log(pair) / 2;
    score += (ratio * (a * b) - (0.5 * ratio * ratio * (a * a + b * b)) / single) / pair;
  }
  return score;
}
