import { LabError } from "../core/errors";
import { checkFinite, type Matrix } from "../core/matrix";
import { checkAbove0, checkAtLeast0, checkCount } from "./backend";

/** Options of {@link fitLogistic}. */
export interface LogisticOptions {
  /** Weight of ½‖w‖² beside the mean loss; above 0, default 1e-3. scikit-learn's C is 1 / (N · ridge). */
  readonly ridge?: number;
  /** Most Newton steps, at least 1; default 50. */
  readonly iterations?: number;
  /** Ends when no component of the gradient is larger; at least 0, default 1e-8. */
  readonly tolerance?: number;
}

export interface Logistic {
  readonly weights: Float64Array;
  readonly bias: number;
  /** The objective at the start and after each step; never rises. */
  readonly trace: readonly number[];
}

/** A point of the optimisation: w and then b, its objective, gradient, and the curvature pₙ(1 − pₙ) of each row. */
interface Point {
  readonly at: Float64Array;
  readonly objective: number;
  readonly gradient: Float64Array;
  readonly curvature: Float64Array;
}

/**
 * Logistic regression with a ridge on the weights, not on the bias, from w = 0: convex, so that one answer exists.
 *
 *   min  1/N Σₙ ln(1 + exp(−yₙ (w·xₙ + b))) + ½ ridge ‖w‖²,   yₙ = ±1
 *
 * Newton steps with conjugate gradients (N·D per product, no D×D Hessian) and halving until the objective falls enough.
 * Source: Nocedal and Wright, "Numerical Optimization", algorithm 7.1. `positive[n]` is 1 for y = 1. Deterministic.
 */
export function fitLogistic(x: Matrix, positive: ArrayLike<number>, options: LogisticOptions = {}): Logistic {
  const { ridge = 1e-3, iterations = 50, tolerance = 1e-8 } = options;
  const action = "Cannot fit logistic regression";
  checkAbove0(ridge, "the ridge", action);
  checkCount(iterations, "iterations", action);
  checkAtLeast0(tolerance, "the tolerance", action);
  checkClasses(x, positive, action);
  let point = evaluate(x, positive, ridge, new Float64Array(x.columns + 1));
  const trace = [point.objective];
  for (let step = 0; step < iterations && largest(point.gradient) > tolerance; step++) {
    const direction = newtonDirection(x, point, ridge);
    const slope = dot(direction, point.gradient);
    let next = point;
    for (let size = 1; size > 1e-10; size /= 2) {
      next = evaluate(
        x,
        positive,
        ridge,
        point.at.map((value, k) => value + size * direction[k]),
      );
      if (next.objective <= point.objective + 1e-4 * size * slope) break;
    }
    // Rounding: no step of any size improves on this point.
    if (!(next.objective < point.objective)) break;
    point = next;
    trace.push(point.objective);
  }
  return { weights: point.at.slice(0, x.columns), bias: point.at[x.columns], trace };
}

function checkClasses(x: Matrix, positive: ArrayLike<number>, action: string): void {
  if (positive.length !== x.rows) {
    throw new RangeError(`${action}: ${x.rows} labels are needed, current value is ${positive.length}`);
  }
  checkFinite(x, "the features");
  const ones = Array.from(positive).filter((value) => value === 1).length;
  if (ones > 0 && ones < x.rows) return;
  throw new LabError(
    `${action}: both kinds of rows are needed, current values are ${ones} and ${x.rows - ones}`,
  );
}

function evaluate(x: Matrix, positive: ArrayLike<number>, ridge: number, at: Float64Array): Point {
  const { rows: n, columns: d } = x;
  const logits = times(x, at);
  const errors = new Float64Array(n);
  const curvature = new Float64Array(n);
  let objective = 0;
  for (let i = 0; i < n; i++) {
    const agreement = positive[i] === 1 ? logits[i] : -logits[i];
    // ln(1 + e^−a) without overflow.
    objective += (Math.max(0, -agreement) + Math.log1p(Math.exp(-Math.abs(agreement)))) / n;
    const p = 1 / (1 + Math.exp(-logits[i]));
    errors[i] = p - (positive[i] === 1 ? 1 : 0);
    curvature[i] = p * (1 - p);
  }
  const gradient = timesRows(x, errors);
  for (let k = 0; k < d; k++) {
    gradient[k] += ridge * at[k];
    objective += 0.5 * ridge * at[k] ** 2;
  }
  return { at, objective, gradient, curvature };
}

/** −H⁻¹ g by conjugate gradients, to a residual of min(½, √‖g‖)·‖g‖: quadratic convergence near the end. */
function newtonDirection(x: Matrix, { gradient, curvature }: Point, ridge: number): Float64Array {
  const size = gradient.length;
  const hessianTimes = (v: Float64Array): Float64Array => {
    const along = times(x, v);
    const result = timesRows(
      x,
      along.map((value, i) => value * curvature[i]),
    );
    for (let k = 0; k < size - 1; k++) result[k] += ridge * v[k];
    return result;
  };
  const norm = Math.sqrt(dot(gradient, gradient));
  const goal = Math.min(0.5, Math.sqrt(norm)) * norm;
  const solution = new Float64Array(size);
  const residual = gradient.map((value) => -value);
  let search = residual.slice();
  let squared = dot(residual, residual);
  for (let i = 0; i < 2 * size && Math.sqrt(squared) > goal; i++) {
    const product = hessianTimes(search);
    const bend = dot(search, product);
    // Flat to rounding (all rows classified with certainty): what is there is a descent direction.
    if (!(bend > 0)) break;
    const factor = squared / bend;
    for (let k = 0; k < size; k++) {
      solution[k] += factor * search[k];
      residual[k] -= factor * product[k];
    }
    const before = squared;
    squared = dot(residual, residual);
    search = search.map((value, k) => residual[k] + (squared / before) * value);
  }
  return dot(solution, solution) > 0 ? solution : gradient.map((value) => -value);
}

/** w·xₙ + b for every row. */
function times({ rows, columns, data }: Matrix, at: Float64Array): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = at[columns];
    for (let k = 0, o = i * columns; k < columns; k++) sum += at[k] * data[o + k];
    return sum;
  });
}

/** 1/N Σ vₙ (xₙ, 1). */
function timesRows({ rows, columns, data }: Matrix, v: Float64Array): Float64Array {
  const result = new Float64Array(columns + 1);
  for (let i = 0; i < rows; i++) {
    for (let k = 0, o = i * columns; k < columns; k++) result[k] += v[i] * data[o + k];
    result[columns] += v[i];
  }
  return result.map((sum) => sum / rows);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, k) => sum + value * b[k], 0);
}

function largest(v: Float64Array): number {
  return v.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
