import { type Raster, raster, withChannels } from "../image/raster";
import { palette } from "./palette";

/** A rectangle in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What is drawn over a picture; all in its pixels. */
export interface FaceMarks {
  /** x, y, x, y, …; each is drawn as a cross. */
  readonly points?: ArrayLike<number>;
  readonly boxes?: readonly Box[];
}

/** Pixels from the middle of a cross to its end. */
const ARM = 2;

/** A copy of the picture, in colour, with its points and its boxes drawn in. What lies outside of the picture is left out. */
export function markFace(image: Raster, { points = [], boxes = [] }: FaceMarks): Raster {
  const { width, height } = image;
  const marked = raster(width, height, 3, withChannels(image, 3).data.slice());
  const dot = (x: number, y: number, color: readonly number[]): void => {
    const [column, row] = [Math.round(x), Math.round(y)];
    if (column < 0 || row < 0 || column >= width || row >= height) return;
    marked.data.set(color, 3 * (row * width + column));
  };
  const color = rgb(palette.accent);
  for (const { left, top, width: across, height: down } of boxes) {
    const [right, bottom] = [left + across, top + down];
    for (let x = left; x <= right; x++) for (const y of [top, bottom]) dot(x, y, color);
    for (let y = top; y <= bottom; y++) for (const x of [left, right]) dot(x, y, color);
  }
  for (let p = 0; p + 1 < points.length; p += 2) {
    for (let k = -ARM; k <= ARM; k++) {
      dot(points[p] + k, points[p + 1], rgb(palette.different));
      dot(points[p], points[p + 1] + k, rgb(palette.different));
    }
  }
  return marked;
}

/** `#rrggbb` as three bytes. */
function rgb(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}
