/** How the map is looked at. Pan in pixels at zoom 1, angles in radians; the angles only turn three-dimensional maps. */
export interface Camera {
  readonly panX: number;
  readonly panY: number;
  readonly zoom: number;
  readonly yaw: number;
  readonly pitch: number;
}

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The map on the screen, and what a fit leaves free of points. */
export interface View extends Size {
  /** On every side: half a picture. */
  readonly edge: number;
  /** At the bottom, besides: where the buttons lie. */
  readonly bar: number;
}

/** Where the points of a map lie: the middle of their box, half its width and height, and the largest half of all. */
export interface Bounds {
  readonly centre: readonly [number, number, number];
  readonly halfWidth: number;
  readonly halfHeight: number;
  readonly radius: number;
}

export const START: Camera = { panX: 0, panY: 0, zoom: 1, yaw: 0.5, pitch: 0.35 };

const MOST_ZOOM = 400;

/** Over the points of all `parts`, so that the view does not move with the epochs. `stride` numbers a point, of which the first `axes` are used. */
export function boundsOf(parts: readonly Float32Array[], stride: number, axes: 2 | 3): Bounds {
  const least = [Infinity, Infinity, Infinity];
  const most = [-Infinity, -Infinity, -Infinity];
  for (const points of parts) {
    for (let o = 0; o < points.length; o += stride) {
      for (let c = 0; c < axes; c++) {
        if (points[o + c] < least[c]) least[c] = points[o + c];
        if (points[o + c] > most[c]) most[c] = points[o + c];
      }
    }
  }
  const middle = (c: number): number => (c < axes ? (least[c] + most[c]) / 2 : 0);
  const centre: [number, number, number] = [middle(0), middle(1), middle(2)];
  const half = (c: number): number => (c < axes ? (most[c] - least[c]) / 2 : 0);
  const radius = Math.max(half(0), half(1), half(2)) || 1;
  return { centre, halfWidth: half(0) || radius, halfHeight: half(1) || radius, radius };
}

/** Writes x, y in pixels of every point to `screen` (2N) and, for three axes, how near it is to the reader in [−2, 2] to `depth` (N). */
export function project(
  points: Float32Array,
  map: { readonly stride: number; readonly axes: 2 | 3; readonly bounds: Bounds },
  camera: Camera,
  view: View,
  screen: Float32Array,
  depth: Float32Array,
): void {
  const { stride, axes, bounds } = map;
  const [cx, cy, cz] = bounds.centre;
  const width = Math.max(1, view.width - 2 * view.edge);
  const height = Math.max(1, view.height - 2 * view.edge - view.bar);
  // A turned box is wider than it looks from the front.
  const scale =
    axes === 3
      ? (0.38 * Math.min(width, height)) / bounds.radius
      : 0.5 * Math.min(width / bounds.halfWidth, height / bounds.halfHeight);
  const [siny, cosy] = axes === 3 ? [Math.sin(camera.yaw), Math.cos(camera.yaw)] : [0, 1];
  const [sinp, cosp] = axes === 3 ? [Math.sin(camera.pitch), Math.cos(camera.pitch)] : [0, 1];
  const [left, top] = originOf(camera, view);
  for (let i = 0, o = 0; i < depth.length; i++, o += stride) {
    const x = points[o] - cx;
    const y = points[o + 1] - cy;
    const z = axes === 3 ? points[o + 2] - cz : 0;
    const across = cosy * x + siny * z;
    const away = cosy * z - siny * x;
    const up = cosp * y - sinp * away;
    depth[i] = (sinp * y + cosp * away) / bounds.radius;
    screen[2 * i] = left + across * scale * camera.zoom;
    screen[2 * i + 1] = top - up * scale * camera.zoom;
  }
}

/** Where the middle of the map lies on the screen. */
export function originOf({ panX, panY, zoom }: Camera, { width, height, bar }: View): [number, number] {
  return [width / 2 + panX * zoom, (height - bar) / 2 + panY * zoom];
}

/** Zooms by a factor, with what lies under (x, y) staying there. */
export function zoomedAt(camera: Camera, view: View, x: number, y: number, factor: number): Camera {
  const zoom = Math.min(MOST_ZOOM, Math.max(0.5, camera.zoom * factor));
  const shift = 1 / zoom - 1 / camera.zoom;
  return {
    ...camera,
    zoom,
    panX: camera.panX + (x - view.width / 2) * shift,
    panY: camera.panY + (y - (view.height - view.bar) / 2) * shift,
  };
}

/** Moves the picture by pixels. */
export function pannedBy(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, panX: camera.panX + dx / camera.zoom, panY: camera.panY + dy / camera.zoom };
}

/** Turns a three-dimensional map as a ball under the hand; half a turn of pitch at most. */
export function turnedBy(camera: Camera, dx: number, dy: number): Camera {
  const pitch = Math.min(Math.PI / 2, Math.max(-Math.PI / 2, camera.pitch + dy * 0.008));
  return { ...camera, yaw: camera.yaw + dx * 0.008, pitch };
}
