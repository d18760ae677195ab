/** How close two points of the picture belong together: 1 / (1 + a·D^b), D squared L2 in the picture. */
export interface Curve {
  readonly a: number;
  readonly b: number;
}

const SAMPLES = 300;
const ROUNDS = 100;

/**
 * The smooth curve nearest to the wanted one, which is 1 below `minDistance` and falls like exp(−(d − minDistance) / spread) beyond it: least squares over 300
 * distances in [0, 3·spread], by Gauss–Newton steps that are shortened until they help.
 * Source: McInnes, Healy, Melville (2018), section 4.2, Definition 11. Differs from the paper: nothing.
 */
export function fitCurve(minDistance: number, spread: number): Curve {
  const places = Array.from({ length: SAMPLES }, (_, i) => (3 * spread * i) / (SAMPLES - 1));
  const wanted = places.map((d) => (d < minDistance ? 1 : Math.exp(-(d - minDistance) / spread)));
  const errorOf = ({ a, b }: Curve): number =>
    places.reduce((sum, d, i) => sum + (1 / (1 + a * d ** (2 * b)) - wanted[i]) ** 2, 0);
  let curve: Curve = { a: 1, b: 1 };
  let error = errorOf(curve);
  for (let round = 0; round < ROUNDS; round++) {
    const [da, db] = gaussNewton(curve, places, wanted);
    let next = curve;
    let smaller = error;
    for (let step = 1; step > 1e-6 && !(smaller < error); step /= 2) {
      next = { a: curve.a + step * da, b: curve.b + step * db };
      smaller = next.a > 0 && next.b > 0 ? errorOf(next) : Number.POSITIVE_INFINITY;
    }
    if (!(smaller < error)) break;
    [curve, error] = [next, smaller];
  }
  return curve;
}

/** The step that would be right if the curve were linear in a and b. */
function gaussNewton(
  { a, b }: Curve,
  places: readonly number[],
  wanted: readonly number[],
): [number, number] {
  let [aa, ab, bb, ar, br] = [0, 0, 0, 0, 0];
  places.forEach((d, i) => {
    if (d === 0) return;
    const power = d ** (2 * b);
    const value = 1 / (1 + a * power);
    const byA = -power * value * value;
    const byB = -a * power * 2 * Math.log(d) * value * value;
    const rest = wanted[i] - value;
    aa += byA * byA;
    ab += byA * byB;
    bb += byB * byB;
    ar += byA * rest;
    br += byB * rest;
  });
  const determinant = aa * bb - ab * ab;
  return [(bb * ar - ab * br) / determinant, (aa * br - ab * ar) / determinant];
}
