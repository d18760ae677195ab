import { generalizedEigen } from "../core/eigen";
import { LabError } from "../core/errors";
import type { Matrix } from "../core/matrix";
import { checkAtLeast0, checkCount } from "./backend";
import { identityStatistics } from "./identityStatistics";
import { type Covariances, maximise, objectiveOf, rotated, startOf } from "./jointBayesianEm";
import { type LinearMap, linearMap } from "./linearMap";

/** Options of {@link fitJointBayesian}. */
export interface JointBayesianOptions {
  /** `exact` is expectation-maximisation; `means` is the paper's update, which leaves out the posterior covariance; default `exact`. */
  readonly update?: "exact" | "means";
  /** Most iterations, at least 1; default 100. */
  readonly iterations?: number;
  /** Ends when the objective moves by less than this many nats per image; at least 0, default 1e-3. */
  readonly tolerance?: number;
  /** Variance added to every axis of S_ε in each M-step, as a multiple of the mean variance of the features; at least 0, default 1e-6. */
  readonly ridge?: number;
}

/** x = μ + ε with μ ~ N(0, S_μ) once per identity and ε ~ N(0, S_ε) once per image, and the basis in which both are diagonal. */
export interface JointBayesian extends Covariances {
  /** D → D: here S_ε is I and S_μ is diag(ratios). */
  readonly map: LinearMap;
  /** Variance between identities over variance within, per axis, descending. */
  readonly ratios: readonly number[];
  /** Log-likelihood of the data in nats minus the ridge's penalty, at the start and after each iteration. With `exact` it never falls. */
  readonly trace: readonly number[];
}

/**
 * Joint Bayesian by EM over identities with any numbers m of images. In the basis where S_ε = I and S_μ = Λ:
 *
 *   E-step:  E[μᵢ] = mΛ/(1 + mΛ) x̄ᵢ,  Cov[μᵢ] = Λ/(1 + mΛ)
 *   M-step:  S_μ = mean over identities of E[μᵢ μᵢᵀ],  S_ε = mean over images of E[εᵢⱼ εᵢⱼᵀ] + ridge
 *
 * Source: Chen, Cao, Wang, Wen, Sun (ECCV 2012), "Bayesian Face Revisited: A Joint Formulation", section 3.
 * Differs from the paper: its M-step takes the covariances of the means E[μ] and E[ε] only (here `update: "means"`), which is no EM. One basis that
 * makes both covariances diagonal replaces the inverses F and G for each m. The start is the scatter between and within identities, not random.
 * The ridge is the mode under an inverse-Wishart prior: the penalty is ½ N ridge tr S_ε⁻¹.
 * Throws a LabError for fewer than two identities, none with two images, or a singular S_ε (then raise the ridge or whiten first).
 */
export function fitJointBayesian(
  x: Matrix,
  labels: ArrayLike<number>,
  options: JointBayesianOptions = {},
): JointBayesian {
  const { update = "exact", iterations = 100, tolerance = 1e-3, ridge = 1e-6 } = options;
  const action = "Cannot fit Joint Bayesian";
  checkCount(iterations, "iterations", action);
  checkAtLeast0(ridge, "the ridge", action);
  checkAtLeast0(tolerance, "the tolerance", action);
  const statistics = identityStatistics(x, labels, action);
  const added = ridge * meanVariance(x, statistics.mean);
  let covariances = startOf(statistics, added);
  const trace: number[] = [];
  for (;;) {
    const { identityCovariance, withinCovariance } = covariances;
    const basis = generalizedEigen(identityCovariance, withinCovariance, x.columns, action);
    const view = rotated(statistics, basis);
    const objective = objectiveOf(view, added);
    const moved = Math.abs(objective - (trace.at(-1) ?? Number.POSITIVE_INFINITY));
    trace.push(objective);
    if (moved < tolerance * x.rows || trace.length > iterations) {
      const map = linearMap(basis.vectors, statistics.mean);
      return { map, ratios: view.ratios, ...covariances, trace };
    }
    covariances = maximise(view, withinCovariance, { added, posterior: update === "exact" });
  }
}

function meanVariance(x: Matrix, mean: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < x.data.length; i++) squares += (x.data[i] - mean[i % x.columns]) ** 2;
  if (squares > 0) return squares / x.data.length;
  throw new LabError(`Cannot fit Joint Bayesian: the features must vary, current variance is ${squares}`);
}
