/** One point of a curve; without a standard error it counts as exact. */
export interface CurvePoint {
  readonly mean: number;
  readonly standardError?: number;
}

/** `flat`: nothing changes beyond the errors. `mixed`: something does, in no one direction. */
export type Trend = "rising" | "falling" | "flat" | "mixed";

export interface Shape {
  readonly trend: Trend;
  /** Kendall's τ of the values against their order, in [−1, 1]; equal values count as 0. NaN for fewer than two points. */
  readonly tau: number;
}

/** Standard errors of a difference that count as a change. */
const CLEAR = 2;
/** |τ| from which a curve has a direction. */
const DIRECTED = 0.5;

/**
 * The shape of a curve, whatever its height. Two points differ when they are more than two standard errors of their difference, 2·√(s₁² + s₂²), apart: as
 * if the points were independent, which makes it careful for points that share their test pairs.
 */
export function shapeOf(points: readonly CurvePoint[]): Shape {
  let [pairs, signs, changes] = [0, 0, false];
  points.forEach((a, i) => {
    for (const b of points.slice(i + 1)) {
      pairs++;
      signs += Math.sign(b.mean - a.mean);
      const error = Math.hypot(a.standardError ?? 0, b.standardError ?? 0);
      changes ||= Math.abs(b.mean - a.mean) > CLEAR * error;
    }
  });
  const tau = signs / pairs;
  if (!changes) return { trend: "flat", tau };
  if (Math.abs(tau) < DIRECTED) return { trend: "mixed", tau };
  return { trend: tau > 0 ? "rising" : "falling", tau };
}

/**
 * Whether our curve has the paper's shape. `partly`: ours points the same way, but its change lies within the errors.
 */
export function sameShape(paper: Shape, ours: Shape): "yes" | "partly" | "no" {
  if (paper.trend === ours.trend) return "yes";
  const directed = paper.trend === "rising" || paper.trend === "falling";
  const sameWay = Math.sign(paper.tau) === Math.sign(ours.tau) && Math.abs(ours.tau) >= DIRECTED;
  return directed && ours.trend === "flat" && sameWay ? "partly" : "no";
}
