import { bell, clamp, ridge, smoothMax, smoothstep, tabulated } from "./curves";
import { EYE_RADIUS, eyeCentreZ, upperLid } from "./eyes";
import { type FaceShape, mouthY } from "./faceShape";

/** Depth z of the face at (x, y), given the depth of the bare skull and how far this place looks to the front, [0, 1]. */
export type Relief = (x: number, y: number, skullZ: number, frontal: number) => number;

/**
 * Everything that stands out of the face or sinks into it, as heights over the frontal plane: brow, sockets, lids over the eyeballs,
 * cheeks, nose, lips, chin, folds of age. Each line is one named form of anatomy: a bell with a place, an extent and a height in cm.
 */
export function createRelief(s: FaceShape, age: number): Relief {
  const nose = createNose(s);
  const years = clamp((age - 25) / 45, 0, 1.3);
  const eyeZ = eyeCentreZ(s);
  return (x, y, skullZ, frontal) => {
    const ax = Math.abs(x);
    let h =
      upperFace(s, ax, x, y) + lowerFace(s, ax, x, y) + mouthRelief(s, x, y) + agedFolds(s, years, ax, y);
    h += nose(x, y);
    let z = skullZ + frontal * h;
    const dx = ax - s.eyeX;
    const lid = (EYE_RADIUS + 0.09) ** 2 - dx * dx - y * y;
    if (lid > 0) z = smoothMax(z, eyeZ + Math.sqrt(lid), 0.5);
    if (Math.abs(dx) < 2 && y > 0 && y < 2) z -= lidCrease(s, dx, y);
    return z;
  };
}

function upperFace(s: FaceShape, ax: number, x: number, y: number): number {
  return (
    s.foreheadBoss * bell(ax - 2.4, y - 5, 2, 1.6) +
    1.4 * s.browRidge * bell(ax - 2.4, y - s.browY + 0.35, 1.5, 0.5) +
    (0.1 + 0.5 * s.browRidge) * bell(x, y - 1.3, 1, 0.6) -
    0.22 * bell(ax - 6.3, y - 2.4, 0.9, 1.6) -
    s.eyeDepth * bell(ax - s.eyeX + 0.2, y - 0.1, 1.6, 1.05) -
    0.26 * bell(ax - 1.45, y - 0.2, 0.42, 0.6) +
    0.32 * s.hood * bell(ax - s.eyeX - 0.25, y - 1.02, 1.25, 0.34)
  );
}

function lowerFace(s: FaceShape, ax: number, x: number, y: number): number {
  const mouth = mouthY(s);
  const chin = s.chinY;
  return (
    s.cheekbone * bell(ax - 4.5, y - s.cheekboneY, 1.5, 1) +
    s.cheekFat * bell(ax - 3.3, y - 0.5 * (s.noseBase + mouth) - 1.3, 1.5, 1.5) -
    s.hollow * bell(ax - 4.5, y - mouth - 0.8, 1.2, 1.5) +
    s.maxilla * bell(x, y - s.noseBase + 0.8, 2.6, 1.8) +
    0.3 * bell(x, y - mouth, 2.2, 1.4) -
    s.sulcus * bell(x, y - (mouth - s.lowerLip - 0.72), 1.6, 0.42) +
    s.chinOut * (bell(x, y - (chin + 1.4), s.chinWidth, 0.95) + 0.4 * bell(x, y - chin, s.chinWidth, 0.7)) +
    s.chinSquare * bell(ax - 1.7, y - (chin + 0.9), 0.7, 0.8) -
    s.chinCleft * bell(x, y - (chin + 1.3), 0.2, 0.55)
  );
}

function mouthRelief(s: FaceShape, x: number, y: number): number {
  const mouth = mouthY(s);
  const u = x / s.mouthWidth;
  if (Math.abs(u) > 1.5 || Math.abs(y - mouth) > 3.2) return 0;
  const line = mouth + s.mouthCurve * u * u;
  const taper = Math.sqrt(Math.max(0, 1 - u * u));
  const upper = ridge(y - line - 0.42 * s.upperLip, 0.3 * s.upperLip + 0.12);
  const lower = ridge(y - line + 0.45 * s.lowerLip, 0.34 * s.lowerLip + 0.12);
  const philtrum = bell(x, y - 0.5 * (s.noseBase + mouth + s.upperLip), 0.22, 0.55);
  const banks = bell(Math.abs(x) - 0.48, y - 0.5 * (s.noseBase + mouth + s.upperLip), 0.2, 0.6);
  return (
    s.lipOut * taper * (0.95 * upper + 1.15 * lower) -
    0.16 * taper * ridge(y - line, 0.13) -
    0.13 * bell(Math.abs(x) - s.mouthWidth - 0.12, y - mouth - s.mouthCurve, 0.3, 0.35) -
    0.07 * philtrum +
    0.05 * banks
  );
}

function lidCrease(s: FaceShape, dx: number, y: number): number {
  const u = dx / s.eyeWidth;
  const fade = Math.max(0, 1 - 0.5 * u * u);
  return 0.1 * fade * ridge(y - upperLid(s, u, 1) - s.crease, 0.11);
}

/** How far a place lies outside the fold that runs from the wing of the nose past the corner of the mouth, `wide` cm outside the wing. */
export function foldSide(s: FaceShape, ax: number, y: number, wide: number): number {
  const t = clamp((s.noseBase + 0.5 - y) / (s.noseBase + 0.8 - mouthY(s)), 0, 1);
  return ax - (s.noseWidth + wide + (s.mouthWidth + 0.75 - s.noseWidth) * t ** 0.8);
}

/** 1 in the middle of that fold, fading to 0 at its ends above the wing and below the corner. */
export function foldLength(s: FaceShape, y: number): number {
  const mouth = mouthY(s);
  return smoothstep(s.noseBase + 1, s.noseBase - 0.2, y) * smoothstep(mouth - 1, mouth + 0.4, y);
}

/** Bags, the fold from nose to mouth, and jowls. */
function agedFolds(s: FaceShape, years: number, ax: number, y: number): number {
  const mouth = mouthY(s);
  const fold = foldSide(s, ax, y, 0.12);
  const along = foldLength(s, y);
  return (
    (0.3 * s.bags + 0.12 * years) * bell(ax - s.eyeX, y + 1.15, 1, 0.28) -
    (0.08 + 0.08 * years) * bell(ax - s.eyeX + 0.3, y + 1.62, 1.2, 0.25) -
    (0.05 + 0.13 * years) * along * ridge(fold, 0.16) +
    (0.06 + 0.1 * years) * along * ridge(fold - 0.45, 0.4) +
    0.22 * years * bell(ax - 4, y - mouth + 2.6, 0.9, 0.9)
  );
}

/** The nose: a profile line from root to base, cross-sections along it, a tip, two wings and two nostrils. */
function createNose(s: FaceShape): (x: number, y: number) => number {
  const tip = s.noseBase + s.noseTipUp - 0.5 * s.noseDroop;
  const middle = 0.5 * (0.5 + tip);
  const height = tabulated(
    (
      [
        [s.noseBase - 0.55, 0],
        [s.noseBase - 0.05, 0.34],
        [tip - 0.28, 0.93 * s.noseOut],
        [tip - 0.55, 0.68 * s.noseOut],
        [tip, s.noseOut],
        [tip + 0.6, 0.91 * s.noseOut],
        [middle, s.noseRoot + 0.5 * (s.noseOut - s.noseRoot) + s.noseHump],
        [0.5, s.noseRoot],
        [1.8, 0],
      ] as const
    ).toSorted((a, b) => a[0] - b[0]),
  );
  const width = tabulated([
    [s.noseBase - 0.3, 0.85 * s.noseTip],
    [tip, 1.12 * s.noseTip],
    [tip + 0.7, 0.5 * (1.1 * s.noseTip + 1.35 * s.noseBridge)],
    [middle, 1.22 * s.noseBridge],
    [0.3, s.noseBridge],
    [1.6, 1.5 * s.noseBridge],
  ]);
  return (x, y) => {
    if (y > 1.8 || y < s.noseBase - 1 || Math.abs(x) > 4) return 0;
    const nx = Math.abs(x - s.noseSkew * clamp((1 - y) / 5, 0, 1));
    // The lower edge rises from the tip to the wings, like a gull's.
    const low = y - 0.36 * Math.min(1, nx / s.noseWidth) ** 1.5;
    const q = nx / width(low);
    const body = height(low) * (0.66 * Math.exp(-0.95 * q * q) + 0.34 * Math.exp(-0.24 * q * q));
    const wing = (0.62 + s.noseWing) * bell(nx - s.noseWidth + 0.52, low - s.noseBase - 0.22, 0.4, 0.38);
    const nostril = 0.3 * bell(nx - 0.42 * s.noseWidth, low - s.noseBase + 0.02, 0.3, 0.15);
    const crease = 0.16 * bell(nx - s.noseWidth - 0.12, low - s.noseBase - 0.25, 0.14, 0.45);
    return body + wing - nostril - crease;
  };
}
