import type { Raster } from "../image/raster";
import { paintBackground } from "./background";
import { type Camera, place, project, type Rotation, rotation, turn } from "./camera";
import { strandsOf } from "./cards";
import { develop } from "./develop";
import { express } from "./expression";
import { EYE_RADIUS, eyeCentreZ, lowerLid, upperLid } from "./eyes";
import { USUAL_EYE_X } from "./faceShape";
import { AZIMUTH, COLUMNS, gridNormals, ROWS, SEAM_ROW, TRIANGLES } from "./headGrid";
import { lightOf, lightVertices } from "./light";
import type { Nuisance } from "./nuisance";
import { CAP_EDGE, occluderParts } from "./occluders";
import type { Part } from "./part";
import type { Person } from "./person";
import { clearTarget, createTarget, rasterise, type Target } from "./rasterise";
import { shade } from "./shade";

/** A picture of a person and where its five points are: x, y of image-left eye, image-right eye, nose tip, mouth corners; pixels. */
export interface Rendering {
  readonly image: Raster;
  readonly landmarks: Float32Array;
}

export interface RenderOptions {
  /** Side of the picture in pixels, 32 to 1024; default 128. */
  readonly size?: number;
  /** Samples per pixel along each axis; default 2. */
  readonly samples?: number;
}

let target: Target | undefined;
let picture: Float32Array = new Float32Array(0);

/** Draws one picture. The same person and nuisance give the same bytes. */
export function render(person: Person, n: Nuisance, options: RenderOptions = {}): Rendering {
  const { size = 128, samples = 2 } = options;
  if (!Number.isInteger(size) || size < 32 || size > 1024) {
    throw new RangeError(
      `Cannot render: the size must be an integer in [32, 1024], current value is ${size}`,
    );
  }
  const side = size * samples;
  if (target?.size !== side) target = createTarget(side);
  clearTarget(target);
  const head = rotation(n.yaw, n.pitch, n.roll);
  const torso = rotation(0.35 * n.yaw, 0, 0.2 * n.roll);
  const camera = cameraOf(n, side);
  const light = lightOf(n, person.identity.colouring.skin);
  const moved = express(person.positions, person.moves, n);
  const placed = place(moved, head, { rotation: torso, follows: person.follows });
  const restNormals = gridNormals(moved, COLUMNS, ROWS, true);
  const parts: readonly Part[] = [...person.parts, ...occluderParts(person, n, moved)];
  rasterise(target, 0, project(placed, camera), TRIANGLES);
  const partNormals = parts.map((part, k) =>
    drawPart(
      target!,
      follow(part, person.positions, moved),
      k + 1,
      part.onTorso ? torso : head,
      camera,
      n.occlusion === "cap",
    ),
  );
  if (picture.length !== 3 * side * side) picture = new Float32Array(3 * side * side);
  paintBackground(n.scene, light, side, picture);
  const { shape } = person.identity;
  const centres = place(
    Float32Array.from([-shape.eyeX, 0, eyeCentreZ(shape), shape.eyeX, 0, eyeCentreZ(shape)]),
    head,
  );
  const scene = {
    person,
    camera,
    light,
    head,
    clothes: n.scene,
    moved,
    normals: turn(restNormals, head),
    ...lightVertices(restNormals, person.seen, light, head),
    parts,
    partNormals,
    eyes: {
      identity: person.identity,
      camera,
      centres: [centres.slice(0, 3), centres.slice(3, 6)].map((c) => Array.from(c)),
      gaze: gazeOf(n, head),
      key: light.key,
      lids: n.lids,
    },
  };
  shade(scene, target, picture);
  return {
    image: develop(picture, size, samples, n, n.scene),
    landmarks: landmarksOf(person, moved, head, camera, n.lids, samples),
  };
}

/** The eyes look at the camera, off by the gaze, but never turn more than 32° to a side, or up or down, in the head. */
function gazeOf(n: Nuisance, head: Rotation): number[] {
  const limit = (v: number): number => (Math.max(-32, Math.min(32, v)) * Math.PI) / 180;
  const yaw = limit(n.gazeX - 0.75 * n.yaw);
  const pitch = limit(n.gazeY - 0.75 * n.pitch);
  return Array.from(
    turn(
      Float32Array.from([Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch)]),
      head,
    ),
  );
}

/** A beard moves with the skin from which it grows. */
function follow(part: Part, rest: Float32Array, moved: Float32Array): Part {
  const { roots } = part;
  if (!roots) return part;
  const positions = part.positions.slice();
  for (let v = 0; v < roots.length; v++) {
    for (let k = 0; k < 3; k++) positions[3 * v + k] += moved[3 * roots[v] + k] - rest[3 * roots[v] + k];
  }
  return { ...part, positions };
}

function drawPart(
  into: Target,
  part: Part,
  index: number,
  turned: Rotation,
  camera: Camera,
  capped: boolean,
): Float32Array {
  const keep =
    part.material === "hair" ? strandsOf(part, capped ? CAP_EDGE : Number.POSITIVE_INFINITY) : undefined;
  const screen = project(place(part.positions, turned), camera);
  rasterise(into, index, screen, part.triangles, { twoSided: part.twoSided, keep });
  return turn(part.normals, turned);
}

/** Film 24 mm high; the head fills the wanted share of the picture, so a short lens stands near. */
function cameraOf(n: Nuisance, side: number): Camera {
  const scale = (n.eyeSpan * side) / (2 * USUAL_EYE_X);
  const distance = Math.max(32, (n.focal / 24) * (side / scale));
  return {
    size: side,
    distance,
    scale,
    centreX: side * (0.5 + n.shiftX) - 0.5,
    centreY: side * (0.47 + n.shiftY) - 0.5,
  };
}

function landmarksOf(
  { identity: { shape: s }, positions }: Person,
  moved: Float32Array,
  head: Rotation,
  camera: Camera,
  lids: number,
  samples: number,
): Float32Array {
  const points: number[] = [];
  const eyeY = (upperLid(s, 0, lids) + lowerLid(s, 0, lids)) / 4;
  for (const x of [-s.eyeX, s.eyeX]) points.push(x, eyeY, eyeCentreZ(s) + EYE_RADIUS - 0.15);
  points.push(...noseTip(positions, moved));
  const corner = (x: number): number[] => {
    let best = 0;
    for (let i = 1; i < COLUMNS; i++) {
      const off = (k: number): number => Math.abs(positions[3 * (SEAM_ROW * COLUMNS + k)] - x);
      if (Math.cos(AZIMUTH[i]) > 0 && off(i) < off(best)) best = i;
    }
    const o = 3 * (SEAM_ROW * COLUMNS + best);
    const shift = x - positions[o];
    return [moved[o] + shift, moved[o + 1] + s.mouthCurve + Math.sign(x) * s.mouthSkew, moved[o + 2]];
  };
  points.push(...corner(-s.mouthWidth), ...corner(s.mouthWidth));
  const screen = project(place(Float32Array.from(points), head), camera);
  const landmarks: Float32Array = new Float32Array(10);
  for (let p = 0; p < 5; p++) {
    landmarks[2 * p] = (screen[3 * p] + 0.5) / samples - 0.5;
    landmarks[2 * p + 1] = (screen[3 * p + 1] + 0.5) / samples - 0.5;
  }
  return landmarks;
}

/** The vertex that stands out most. */
function noseTip(positions: Float32Array, moved: Float32Array): number[] {
  let best = 0;
  for (let i = 0; i < positions.length; i += 3) if (positions[i + 2] > positions[best + 2]) best = i;
  return Array.from(moved.subarray(best, best + 3));
}
