import { createBatcher } from "../core/batcher";
import { type Raster, withChannels } from "../image/raster";
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
  /** The crop of an image of this size as `alignImage` makes it; `undefined` when this file, or one that was decoded together with it, is broken. */
  draw(
    bytes: Uint8Array,
    size: Pick<Raster, "width" | "height">,
    plan: CropPlan,
  ): Promise<AlignedImage | undefined>;
  dispose(): void;
}

/** Decoder and threads start with the first crop. */
export function openPlainCrops(settings: AlignSettings): PlainCrops {
  const side = cropSide(settings);
  let open = true;
  let decoder: JpegDecoder | undefined;
  let drawers: Drawers | undefined;
  const decode = createBatcher<JpegRegion, Raster | undefined>(JPEGS_AT_ONCE, (parts) => {
    if (!open) return parts.map(() => undefined);
    decoder ??= openJpegDecoder();
    try {
      return decoder.decode(parts);
    } catch {
      return parts.map(() => undefined);
    }
  });
  const draw = createBatcher<Drawing, Raster>(JPEGS_AT_ONCE, (drawings) => {
    if (!open) throw new Error("Cannot draw crops: they must not be disposed");
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
