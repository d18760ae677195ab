import { createBatcher } from "../core/batcher";
import { Interrupted } from "../core/errors";
import { type Raster, type Size, withChannels } from "../image/raster";
import { sourceRegion } from "../image/warp";
import { type AlignedImage, type AlignSettings, type CropPlan, cropSide } from "./align";
import { type Drawers, type Drawing, openDrawers } from "./drawThreads";
import {
  JPEGS_AT_ONCE,
  type JpegDecoder,
  type JpegRegion,
  openJpegDecoder,
  UNSURE_EDGE,
} from "./jpegRegions";

/** Makes crops of plain JPEGs, many together: only the part of each that its crop shows leaves the decoder, and threads draw while it decodes the next. */
export interface PlainCrops {
  /** The crop of an image of this size as `alignImage` makes it; `undefined` when it cannot be decoded here. Refused with `Interrupted` after `dispose`. */
  draw(bytes: Uint8Array, size: Size, plan: CropPlan): Promise<AlignedImage | undefined>;
  dispose(): void;
}

/** Decoder and threads start with the first crop. */
export function openPlainCrops(settings: AlignSettings): PlainCrops {
  const side = cropSide(settings);
  let open = true;
  let decoder: JpegDecoder | undefined;
  let drawers: Drawers | undefined;
  const stopIfClosed = (): void => {
    if (!open) throw new Interrupted("Stopped: drawing crops");
  };
  const decodeAlone = (part: JpegRegion): Raster | undefined => {
    try {
      return decoder?.decode([part])[0];
    } catch {
      return undefined;
    }
  };
  const decode = createBatcher<JpegRegion, Raster | undefined>(JPEGS_AT_ONCE, (parts) => {
    stopIfClosed();
    try {
      decoder ??= openJpegDecoder();
      return decoder.decode(parts);
    } catch {
      return parts.map(decodeAlone);
    }
  });
  const draw = createBatcher<Drawing, Raster>(JPEGS_AT_ONCE, (drawings) => {
    stopIfClosed();
    drawers ??= openDrawers(side);
    return drawers.draw(drawings);
  });
  return {
    draw: async (bytes, size, { map, ...rest }) => {
      const region = sourceRegion(size, map, { width: side, height: side }, UNSURE_EDGE);
      const part = await decode({ bytes, region });
      if (!part) return undefined;
      const image = withChannels(part, settings.channels);
      const { left, top } = region;
      return { crop: await draw({ image, map, part: { left, top, whole: size } }), ...rest };
    },
    dispose: () => {
      open = false;
      decoder?.dispose();
      drawers?.dispose();
    },
  };
}
