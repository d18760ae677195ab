import { type Raster, raster } from "../image/raster";
import { type FaceMarks, markFace } from "./markFace";
import { contactSheet } from "./sprites";

/** A square picture with marks in its own pixels. */
export interface MarkedPicture extends FaceMarks {
  readonly picture: Raster;
}

/**
 * Square pictures in rows of `columns`, each enlarged to side × side pixels, every pixel a flat square, with thin marks where they belong. Pictures of different sizes become
 * comparable, and their pixels stay what they are (a picture of kinds must not be blended). Throws a RangeError for a picture that is not square or larger than `side`.
 */
export function markedSheet(pictures: readonly MarkedPicture[], columns: number, side: number): Raster {
  const tiles = pictures.map(({ picture, points = [], boxes = [] }) => {
    const scale = side / picture.width;
    const edge = (value: number): number => Math.round(value * scale);
    // Pixel centres go to the centres of their squares, edges to edges.
    return markFace(enlarged(picture, side), {
      points: Array.from(points, (value) => (value + 0.5) * scale - 0.5),
      boxes: boxes.map(({ left, top, width, height }) => ({
        left: edge(left),
        top: edge(top),
        width: edge(left + width) - edge(left),
        height: edge(top + height) - edge(top),
      })),
    });
  });
  return contactSheet(tiles, columns, side);
}

function enlarged({ width, height, channels, data }: Raster, side: number): Raster {
  if (width !== height || width > side) {
    throw new RangeError(
      `Cannot enlarge a picture: it must be square and at most ${side} pixels wide, current value is ${width}×${height}`,
    );
  }
  const large = raster(side, side, channels);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const from = (Math.floor((y * height) / side) * width + Math.floor((x * width) / side)) * channels;
      large.data.set(data.subarray(from, from + channels), (y * side + x) * channels);
    }
  }
  return large;
}
