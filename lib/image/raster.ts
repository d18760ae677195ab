import { LabError } from "../core/errors";

/** An image in memory: interleaved rows, 8 bits a channel in [0, 255]; 1 channel is grey, 3 are RGB in that order. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** `height × width × channels` values. */
  readonly data: Uint8Array;
}

/** Of an image, in pixels. */
export type Size = Pick<Raster, "width" | "height">;

/** Wraps or allocates (black) an image. Throws a RangeError when the sizes do not fit. */
export function raster(width: number, height: number, channels: 1 | 3, data?: Uint8Array): Raster {
  const values: Uint8Array = data ?? new Uint8Array(width * height * channels);
  if (values.length !== width * height * channels) {
    throw new RangeError(
      `Cannot make a ${width}×${height}×${channels} image: ${width * height * channels} bytes are needed, current value is ${values.length}`,
    );
  }
  return { width, height, channels, data: values };
}

/** The same picture with the wanted number of channels (Rec. 601 luma to grey, repetition to RGB). */
export function withChannels(image: Raster, channels: 1 | 3): Raster {
  if (image.channels === channels) return image;
  const pixels = image.width * image.height;
  const result = raster(image.width, image.height, channels);
  const [from, to] = [image.data, result.data];
  for (let i = 0, j = 0; i < pixels; i++, j += 3) {
    if (channels === 3) to[j] = to[j + 1] = to[j + 2] = from[i];
    else to[i] = Math.round(0.299 * from[j] + 0.587 * from[j + 1] + 0.114 * from[j + 2]);
  }
  return result;
}

/** Throws a LabError unless the image has at least one pixel. */
export function checkRaster(image: Raster, name: string): void {
  if (image.width < 1 || image.height < 1) {
    throw new LabError(
      `Cannot use ${name}: an image needs at least one pixel, current value is ${image.width}×${image.height}`,
    );
  }
}
