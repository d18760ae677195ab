import { bell, clamp, ridge, smoothstep } from "./curves";
import { type FaceShape, mouthY } from "./faceShape";
import { COLUMNS, HEAD_ROWS, JAW_ROWS, SEAM_ROW, VERTICES } from "./headGrid";
import { foldLength, foldSide } from "./relief";

const MOVES = ["smile", "teeth", "open", "browUp", "frown", "pucker", "sad"] as const;
type Move = (typeof MOVES)[number];

/** What a face does: 0 is rest, 1 a strong movement. */
export type Expression = Readonly<Record<Move, number>>;

/** Displacements of all vertices at strength 1, for each movement. */
export type Moves = Readonly<Record<Move, Float32Array>>;

/** Blend shapes (linear): each movement displaces every vertex by a fixed amount times its strength. */
export function movesOf(shape: FaceShape, positions: Float32Array): Moves {
  const moves = Object.fromEntries(MOVES.map((name) => [name, new Float32Array(3 * VERTICES)]));
  const lastRow = HEAD_ROWS.length + JAW_ROWS;
  for (let v = 0; v < lastRow * COLUMNS; v++) {
    const [x, y, z] = positions.subarray(3 * v, 3 * v + 3);
    if (z < -9.5) continue;
    const side = x < 0 ? -1 : 1;
    const ax = Math.abs(x);
    const row = Math.floor(v / COLUMNS);
    const under = clamp((row - HEAD_ROWS.length) / JAW_ROWS, 0, 1);
    smile(shape, ax, y, moves.smile, 3 * v, side);
    bareTeeth(shape, ax, y, row, moves.teeth, 3 * v);
    jaw(shape, ax, y, z, row, under, moves.open, 3 * v);
    const brow = bell(ax - 2.6, y - shape.browY - 0.3, 2.2, 0.9);
    moves.browUp[3 * v + 1] = 0.62 * brow;
    const inner = bell(ax - 1.3, y - shape.browY, 1.1, 0.6);
    moves.frown[3 * v] = -0.28 * side * inner;
    moves.frown[3 * v + 1] = -0.42 * inner - 0.12 * brow;
    moves.frown[3 * v + 2] = 0.16 * inner;
    const lips = bell(ax, y - mouthY(shape), 2.4, 1.2);
    moves.pucker[3 * v] = -0.3 * side * Math.min(ax, 2.5) * lips;
    moves.pucker[3 * v + 2] = 0.4 * lips;
    const corner = bell(ax - shape.mouthWidth, y - mouthY(shape), 1, 0.9);
    moves.sad[3 * v + 1] = -0.4 * corner + 0.25 * bell(ax - 1.3, y - shape.browY, 1, 0.6);
  }
  return moves as Moves;
}

/** Corners out, up and back; cheeks up and forward; lips thinner, the upper one lifted off the teeth. */
function smile(s: FaceShape, ax: number, y: number, out: Float32Array, o: number, side: number): void {
  const mouth = mouthY(s);
  const corner = bell(ax - s.mouthWidth, y - mouth, 1.15, 1);
  const cheek = bell(ax - 3.9, y - s.noseBase - 1.2, 1.3, 1.1);
  const wing = bell(ax - s.noseWidth, y - s.noseBase - 0.3, 0.7, 0.7);
  const lip = ridge(y - mouth - 0.3, 0.6) * smoothstep(s.mouthWidth * 1.1, 0.4, ax);
  // The fold from the nose to beyond the corner deepens, and the cheek stands over it.
  const crease = foldLength(s, y) * ridge(foldSide(s, ax, y, 0.3), 0.26);
  out[o] = side * (0.66 * corner + 0.14 * cheek + 0.14 * wing);
  out[o + 1] = 0.5 * corner + 0.46 * cheek + 0.1 * lip;
  out[o + 2] = -0.36 * corner + 0.44 * cheek - 0.12 * lip - 0.2 * crease;
}

/** The upper lip rises off the teeth and the lower one sinks, while the jaw stays shut. */
function bareTeeth(s: FaceShape, ax: number, y: number, row: number, out: Float32Array, o: number): void {
  const away = y - mouthY(s);
  const middle = 1 - smoothstep(0.4, 1, ax / s.mouthWidth);
  out[o + 1] = middle * (row <= SEAM_ROW ? 0.3 * ridge(away, 0.8) : -0.26 * ridge(away, 0.9));
}

/** The jaw turns about the joint before the ears (10° at strength 1); the lips part along the seam between two rows. */
function jaw(
  s: FaceShape,
  ax: number,
  y: number,
  z: number,
  row: number,
  under: number,
  out: Float32Array,
  o: number,
): void {
  const mouth = mouthY(s);
  const u = ax / s.mouthWidth;
  const beside = 0.25;
  const parting = 1 - smoothstep(0.25, 1, u);
  let weight: number;
  if (row <= SEAM_ROW) {
    const above = y - mouth;
    weight = beside * (1 - parting) * smoothstep(1.6, 0, above);
    if (u > 1) weight = beside * smoothstep(1.6, 0, above);
  } else {
    const below = mouth - y;
    const atSeam = beside + (1 - beside) * parting;
    weight = atSeam + (1 - atSeam) * smoothstep(-0.2, 2.2, below);
  }
  weight *= (1 - 0.55 * smoothstep(3.6, 6.5, ax)) * (1 - under);
  out[o + 1] = -0.17 * (z + 9) * weight;
  out[o + 2] = 0.17 * (y + 2.2) * weight;
}

/** The vertices of a head with an expression. */
export function express(positions: Float32Array, moves: Moves, expression: Expression): Float32Array {
  const moved: Float32Array = positions.slice();
  for (const name of MOVES) {
    const strength = expression[name];
    if (strength === 0) continue;
    const by = moves[name];
    for (let i = 0; i < moved.length; i++) moved[i] += strength * by[i];
  }
  return moved;
}
