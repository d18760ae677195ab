/** A 3×3 rotation, row by row. */
export type Rotation = readonly [number, number, number, number, number, number, number, number, number];

/** Turns in degrees: yaw to the image's right, pitch up, roll clockwise. First yaw, then pitch, then roll. */
export function rotation(yaw: number, pitch: number, roll: number): Rotation {
  const [a, b, c] = [yaw, -pitch, -roll].map((degrees) => (degrees * Math.PI) / 180);
  const [ca, sa, cb, sb, cc, sc] = [
    Math.cos(a),
    Math.sin(a),
    Math.cos(b),
    Math.sin(b),
    Math.cos(c),
    Math.sin(c),
  ];
  return [
    cc * ca - sc * sb * sa,
    -sc * cb,
    cc * sa + sc * sb * ca,
    sc * ca + cc * sb * sa,
    cc * cb,
    sc * sa - cc * sb * ca,
    -cb * sa,
    sb,
    cb * ca,
  ];
}

/** A pinhole camera that looks along −z at a point near the middle of the head. */
export interface Camera {
  /** Side of the picture in pixels. */
  readonly size: number;
  /** From the camera to the plane of the eyes, cm. */
  readonly distance: number;
  /** Pixels per cm in the plane of the eyes. */
  readonly scale: number;
  /** Where the middle of the head falls, in pixels. */
  readonly centreX: number;
  readonly centreY: number;
}

/** The point about which a head turns, in its own frame: between the ears, a little below the eyes. */
export const PIVOT = { y: -2.6, z: -7 } as const;

/**
 * Turns points of the head's frame into the camera's frame (origin at the pivot's place, cm). `follows` mixes a head's rotation with the
 * shoulders' for the neck between them.
 */
export function place(
  positions: Float32Array,
  head: Rotation,
  torso?: { readonly rotation: Rotation; readonly follows: Float32Array },
): Float32Array {
  const placed: Float32Array = new Float32Array(positions.length);
  for (let i = 0; i < positions.length; i += 3) {
    const x = positions[i];
    const y = positions[i + 1] - PIVOT.y;
    const z = positions[i + 2] - PIVOT.z;
    const w = torso ? torso.follows[i / 3] : 1;
    const r = head;
    let px = r[0] * x + r[1] * y + r[2] * z;
    let py = r[3] * x + r[4] * y + r[5] * z;
    let pz = r[6] * x + r[7] * y + r[8] * z;
    if (torso && w < 1) {
      const t = torso.rotation;
      px += (1 - w) * (t[0] * x + t[1] * y + t[2] * z - px);
      py += (1 - w) * (t[3] * x + t[4] * y + t[5] * z - py);
      pz += (1 - w) * (t[6] * x + t[7] * y + t[8] * z - pz);
    }
    placed[i] = px;
    placed[i + 1] = py + PIVOT.y;
    placed[i + 2] = pz + PIVOT.z;
  }
  return placed;
}

/** Turns directions, such as normals. */
export function turn(directions: Float32Array, r: Rotation): Float32Array {
  const turned: Float32Array = new Float32Array(directions.length);
  for (let i = 0; i < directions.length; i += 3) {
    const [x, y, z] = [directions[i], directions[i + 1], directions[i + 2]];
    turned[i] = r[0] * x + r[1] * y + r[2] * z;
    turned[i + 1] = r[3] * x + r[4] * y + r[5] * z;
    turned[i + 2] = r[6] * x + r[7] * y + r[8] * z;
  }
  return turned;
}

/** Pixels (x, y) and 1 / distance of placed points. */
export function project(placed: Float32Array, camera: Camera): Float32Array {
  const { distance, scale, centreX, centreY } = camera;
  const screen: Float32Array = new Float32Array(placed.length);
  for (let i = 0; i < placed.length; i += 3) {
    const near = 1 / (distance - placed[i + 2]);
    screen[i] = centreX + scale * distance * placed[i] * near;
    screen[i + 1] = centreY - scale * distance * (placed[i + 1] - PIVOT.y) * near;
    screen[i + 2] = near;
  }
  return screen;
}
