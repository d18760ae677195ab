import { clamp, mix, smoothstep, tabulated } from "./curves";
import { type FaceShape, mouthY } from "./faceShape";
import { AZIMUTH, CANON, COLUMNS, HEAD_ROWS, JAW_ROWS, NECK_ROWS, VERTICES } from "./headGrid";
import { createRelief, type Relief } from "./relief";

/** A head at rest: vertices of the shared grid. */
export interface HeadSurface {
  /** VERTICES × 3, cm. */
  readonly positions: Float32Array;
  /** How much a vertex follows the head (1) rather than the shoulders (0). */
  readonly follows: Float32Array;
}

/**
 * Skull, jaw and neck as a stack of cross-sections, with the relief of the face on top.
 *
 * A section at height y is a superellipse around a vertical axis: half width w(y), depth to the front and to the back, and an exponent
 * (2 is an ellipse, more is squarer). All are smooth curves through the lengths of the shape. The lowest section is the jaw line, which
 * rises from the chin to the ear; below it the surface turns in to the neck.
 */
export function headSurface(shape: FaceShape, age: number): HeadSurface {
  const positions = new Float32Array(3 * VERTICES);
  const follows = new Float32Array(VERTICES).fill(1);
  const relief = createRelief(shape, age);
  const sections = skull(shape);
  for (let j = 0; j < HEAD_ROWS.length; j++) {
    const section = sections(HEAD_ROWS[j]);
    for (let i = 0; i < COLUMNS; i++)
      placeOnSection(shape, section, relief, i, positions, 3 * (j * COLUMNS + i));
  }
  placeNeck(shape, positions, follows);
  return { positions, follows };
}

interface Section {
  readonly canon: number;
  readonly y: number;
  readonly axis: number;
  readonly width: number;
  readonly front: number;
  readonly back: number;
  readonly squareness: number;
}

function skull(s: FaceShape): (canon: number) => Section {
  const mouth = mouthY(s);
  const height = tabulated([
    [CANON.jaw, s.chinY],
    [CANON.mouth, mouth],
    [CANON.noseBase, s.noseBase],
    [CANON.eyes, 0],
    [3.4, 3.4],
    [CANON.crown, s.crown],
  ]);
  const width = tabulated([
    [-11.4, s.jawWidth],
    [-9.5, mix(s.jawWidth, s.mouthWidthFace, 0.45)],
    [-7, s.mouthWidthFace],
    [-4.75, mix(s.mouthWidthFace, s.cheekWidth, 0.62) + 0.08],
    [-2.5, s.cheekWidth + 0.1],
    [0, mix(s.cheekWidth, s.templeWidth, 0.6) + 0.12],
    [1.8, mix(s.templeWidth, s.skullWidth, 0.3)],
    [3.4, mix(s.templeWidth, s.skullWidth, 0.75)],
    [5.5, s.skullWidth],
  ]);
  const front = tabulated([
    [-11.4, -0.25],
    [-10, 0.3],
    [-8.6, 0.65],
    [-7, 0.95],
    [-4.75, 0.85],
    [-2.5, 0.35],
    [0, 0.25],
    [1.5, 0.6],
    [3.4, 0.5 + 0.2 * s.foreheadSlope],
    [5.5, 0.15 + 0.7 * s.foreheadSlope],
  ]);
  const back = tabulated([
    [-11.4, -13.6],
    [-7, -14.4],
    [-3, -15.6],
    [0, s.skullBack + 0.8],
    [3.4, s.skullBack],
  ]);
  const axis = tabulated([
    [-11.4, s.jawDepth],
    [-6, -7.8],
    [0, -8.2],
    [3.4, -8.6],
  ]);
  const squareness = tabulated([
    [-11.4, 1.8],
    [-9, 2.05],
    [-7, 2.15],
    [-4, 2.3],
    [-1, 2.35],
    [1.5, 2.5],
    [4, 2.35],
  ]);
  return (canon) => {
    const k = clamp((canon - 3.4) / (CANON.crown - 3.4), 0, 1);
    // Above the temples the sections shrink to the crown along a slightly squared ellipse.
    const shrink = (1 - k ** 2.25) ** (1 / 2.1);
    const z = axis(canon);
    return {
      canon,
      y: height(canon),
      axis: z - 0.3 * k,
      width: width(canon) * shrink,
      front: (front(canon) - z) * shrink,
      back: (z - back(canon)) * shrink,
      squareness: squareness(canon),
    };
  };
}

/** Height of the jaw line by azimuth (degrees), relative to the chin in front. */
const JAW_RISE = tabulated([
  [0, 0],
  [14, 0.2],
  [30, 1.2],
  [50, 2.75],
  [68, 3.8],
  [84, 4.6],
  [98, 5.4],
  [120, 5.4],
  [150, 4],
  [180, 3.4],
]);

function placeOnSection(
  shape: FaceShape,
  section: Section,
  relief: Relief,
  column: number,
  positions: Float32Array,
  o: number,
): void {
  const { canon, axis, width, squareness } = section;
  const azimuth = AZIMUTH[column];
  const sine = Math.sin(azimuth);
  const cosine = Math.cos(azimuth);
  const depth = cosine > 0 ? section.front : section.back;
  const power = cosine > 0 ? squareness : 2.15;
  const radius =
    ((Math.abs(sine) / (width + 1e-6)) ** power + (Math.abs(cosine) / (depth + 1e-6)) ** power) **
    (-1 / power);
  const x = radius * sine;
  let y = section.y;
  if (canon < -3) {
    const rise = JAW_RISE(Math.abs((azimuth * 180) / Math.PI));
    const share = (canon + 3) / (CANON.jaw + 3);
    y += rise * share ** 1.3;
  }
  const z = axis + radius * cosine;
  positions[o] = x;
  positions[o + 1] = y;
  positions[o + 2] = cosine > 0.05 ? relief(x, y, z, smoothstep(0.05, 0.45, cosine)) : z;
  if (canon <= CANON.jaw + 0.01) positions[o + 1] += 0.12 * shape.chinSquare * Math.abs(sine);
}

/** The underside of the jaw, from its line to the throat, then the neck. */
function placeNeck(s: FaceShape, positions: Float32Array, follows: Float32Array): void {
  const jaw = (HEAD_ROWS.length - 1) * COLUMNS;
  for (let i = 0; i < COLUMNS; i++) {
    const sine = Math.sin(AZIMUTH[i]);
    const cosine = Math.cos(AZIMUTH[i]);
    const front = Math.max(0, cosine);
    const [jx, jy, jz] = positions.subarray(3 * (jaw + i), 3 * (jaw + i) + 3);
    const throat = [
      s.neckWidth * sine,
      mix(mix(-12.4, s.chinY - 2.6, front), -9.5, Math.max(0, -cosine)),
      -8.9 + cosine * (cosine > 0 ? 4.7 : 5),
    ];
    for (let r = 1; r <= JAW_ROWS + NECK_ROWS; r++) {
      const o = 3 * (jaw + r * COLUMNS + i);
      const t = Math.min(1, r / JAW_ROWS);
      const inwards = 1 - (1 - t) ** 1.5;
      const sag = s.doubleChin * front * Math.sin(Math.PI * t) * 1.1;
      const down = Math.max(0, r - JAW_ROWS) * 1.5;
      const flare = 0.02 * down * down;
      positions[o] = mix(jx, throat[0], inwards) + sine * flare;
      positions[o + 1] = mix(jy, throat[1], t ** 1.35) - sag - down;
      positions[o + 2] = mix(jz, throat[2], inwards) - 0.16 * down + 0.3 * sag;
      follows[o / 3] = 1 - smoothstep(JAW_ROWS - 1, JAW_ROWS + NECK_ROWS - 1, r);
    }
  }
}
