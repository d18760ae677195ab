import type { Affine } from "../image/warp";

/**
 * The similarity transform (rotation, one scale, translation) that maps `from` onto `to` with the least sum of squared errors.
 * Points are x, y, x, y, …, at least two. In the plane Umeyama's closed form needs no SVD:
 *
 *   a = Σ (pₓqₓ + p_y q_y) / Σ |p|²,  b = Σ (pₓq_y − p_y qₓ) / Σ |p|²  (p, q relative to their means), T = [a −b; b a]
 *
 * Source: Umeyama (1991), "Least-squares estimation of transformation parameters between two point patterns".
 * Differs from the paper: reflections are never returned. Throws a RangeError when the points do not determine a transform.
 */
export function similarityTransform(from: ArrayLike<number>, to: ArrayLike<number>): Affine {
  const n = from.length / 2;
  if (!Number.isInteger(n) || n < 2 || to.length !== from.length) {
    throw new RangeError(
      `Cannot align: both sides need the same number of points and at least 2, current values are ${from.length / 2} and ${to.length / 2}`,
    );
  }
  let [fx, fy, tx, ty] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    fx += from[2 * i] / n;
    fy += from[2 * i + 1] / n;
    tx += to[2 * i] / n;
    ty += to[2 * i + 1] / n;
  }
  let [dot, cross, spread] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [px, py] = [from[2 * i] - fx, from[2 * i + 1] - fy];
    const [qx, qy] = [to[2 * i] - tx, to[2 * i + 1] - ty];
    dot += px * qx + py * qy;
    cross += px * qy - py * qx;
    spread += px * px + py * py;
  }
  const a = dot / spread;
  const b = cross / spread;
  if (!(spread > 1e-9) || !Number.isFinite(a + b) || a * a + b * b < 1e-12) {
    throw new RangeError(`Cannot align: the points must not coincide, their spread is ${spread}`);
  }
  return [a, -b, tx - a * fx + b * fy, b, a, ty - b * fx - a * fy];
}

/** Points x, y, x, y, … after a transform. */
export function mapPoints([a, b, c, d, e, f]: Affine, points: ArrayLike<number>): Float32Array {
  const mapped: Float32Array = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i], points[i + 1]];
    mapped[i] = a * x + b * y + c;
    mapped[i + 1] = d * x + e * y + f;
  }
  return mapped;
}
