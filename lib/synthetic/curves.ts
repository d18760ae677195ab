/** The few curves with which shapes and colours are drawn. Lengths are centimetres. */

export function clamp(x: number, least: number, most: number): number {
  return x < least ? least : x > most ? most : x;
}

export function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

/** 0 at `from`, 1 at `to` (which may be smaller), with flat ends. */
export function smoothstep(from: number, to: number, x: number): number {
  const t = clamp((x - from) / (to - from), 0, 1);
  return t * t * (3 - 2 * t);
}

/** A bell in the plane: 1 at the centre, exp(−½) one spread away. */
export function bell(dx: number, dy: number, spreadX: number, spreadY: number): number {
  const u = dx / spreadX;
  const v = dy / spreadY;
  const q = u * u + v * v;
  return q > 18 ? 0 : Math.exp(-0.5 * q);
}

/** A bell on a line. */
export function ridge(d: number, spread: number): number {
  const u = d / spread;
  return u * u > 18 ? 0 : Math.exp(-0.5 * u * u);
}

/** x to the power 2^doublings, x ≥ 0: much faster than a general power. */
export function sharpened(x: number, doublings: number): number {
  let power = x;
  for (let i = 0; i < doublings; i++) power *= power;
  return power;
}

/** The larger of two heights with a fillet of about `k`. */
export function smoothMax(a: number, b: number, k: number): number {
  const h = k - Math.abs(a - b);
  return Math.max(a, b) + (h > 0 ? (h * h) / (4 * k) : 0);
}

/** A smooth curve (Catmull–Rom, clamped ends) through knots [x, y] in ascending x; constant outside. */
export function through(knots: readonly (readonly [number, number])[]): (x: number) => number {
  const last = knots.length - 1;
  return (x) => {
    if (x <= knots[0][0]) return knots[0][1];
    if (x >= knots[last][0]) return knots[last][1];
    let i = 0;
    while (knots[i + 1][0] < x) i++;
    const [x0, y0] = knots[i];
    const [x1, y1] = knots[i + 1];
    const before = knots[Math.max(0, i - 1)];
    const after = knots[Math.min(last, i + 2)];
    const m0 = (y1 - before[1]) / (x1 - before[0]);
    const m1 = (after[1] - y0) / (after[0] - x0);
    const h = x1 - x0;
    const t = (x - x0) / h;
    const s = 1 - t;
    return y0 * (1 + 2 * t) * s * s + m0 * h * t * s * s + y1 * t * t * (3 - 2 * t) - m1 * h * t * t * s;
  };
}

/** The curve through knots, read from a table of `steps` values: for curves that are asked at every pixel. */
export function tabulated(knots: readonly (readonly [number, number])[], steps = 256): (x: number) => number {
  const curve = through(knots);
  const from = knots[0][0];
  const scale = steps / (knots[knots.length - 1][0] - from);
  const table = Float64Array.from({ length: steps + 2 }, (_, i) => curve(from + i / scale));
  return (x) => {
    const t = clamp((x - from) * scale, 0, steps);
    const i = t | 0;
    return table[i] + (table[i + 1] - table[i]) * (t - i);
  };
}
