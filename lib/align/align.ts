import type { Raster, Size } from "../image/raster";
import { type Affine, ontoSquare, warpAffine } from "../image/warp";
import type { DetectedFace, FaceDetector } from "./detector";
import { mapPoints, similarityTransform } from "./similarity";
import { DEFAULT_TEMPLATE, templatePoints } from "./templates";

/** How an image becomes a crop. */
export type AlignMode = "none" | "center-crop" | "detector-box" | "similarity";

export const alignModes: readonly AlignMode[] = ["none", "center-crop", "detector-box", "similarity"];

/** What decides a crop; part of the cache key and of the model card. */
export interface AlignSettings {
  /**
   * `none`: the largest centred square of the image. `center-crop`: the centre of it, as the paper crops LFW without detection.
   * `detector-box`: the face box, made square. `similarity` (default): five points onto the template.
   */
  readonly mode: AlignMode;
  /** Side of the net's input in pixels; default 64. */
  readonly size: number;
  /** Pixels kept around the input on each side, for shifts during training; default 4. */
  readonly margin: number;
  readonly channels: 1 | 3;
  readonly template: string;
  /** `center-crop` only: side of the crop as a share of the shorter image side, in (0, 1]; default 0.45 (the face in LFW's 250 pixels). */
  readonly centerShare: number;
  /** `detector-box` only: width added on each side as a share of the box; default 0.1. */
  readonly boxMargin: number;
}

export const defaultAlignSettings: AlignSettings = {
  mode: "similarity",
  size: 64,
  margin: 4,
  channels: 3,
  template: DEFAULT_TEMPLATE,
  centerShare: 0.45,
  boxMargin: 0.1,
};

/** Where a crop came from. `several` is a detected face chosen among several; `fallback` a centre crop because none was found. */
export type AlignStatus = "known landmarks" | "detected" | "several" | "fallback" | "not needed";

export interface AlignedImage {
  /** (size + 2·margin)² pixels. */
  readonly crop: Raster;
  readonly status: AlignStatus;
  /** The five points that were used, in pixels of the image. */
  readonly points?: Float32Array;
  /** Where a template put them, in pixels of the crop: a similarity brings no face's points onto those of the template exactly. */
  readonly cropPoints?: Float32Array;
}

/** Throws a RangeError that names the first setting out of range. */
export function checkAlignSettings(settings: AlignSettings): void {
  const fail = (what: string, wanted: string, value: unknown): never => {
    throw new RangeError(`Cannot align: ${what} must be ${wanted}, current value is ${String(value)}`);
  };
  const { mode, size, margin, centerShare, boxMargin } = settings;
  if (!alignModes.includes(mode)) fail("the mode", `one of ${alignModes.join(", ")}`, mode);
  if (!Number.isInteger(size) || size < 8 || size > 512) fail("the size", "an integer in [8, 512]", size);
  if (!Number.isInteger(margin) || margin < 0 || margin > size)
    fail("the margin", `an integer in [0, ${size}]`, margin);
  if (!(centerShare > 0 && centerShare <= 1)) fail("the centre share", "in (0, 1]", centerShare);
  if (!(boxMargin >= 0 && boxMargin <= 2)) fail("the box margin", "in [0, 2]", boxMargin);
  templatePoints(settings.template, size, margin);
}

/** What a crop shows, before anything is drawn. */
export interface CropPlan extends Omit<AlignedImage, "crop"> {
  /** From pixels of the image to pixels of the crop. */
  readonly map: Affine;
}

/**
 * Aligns one image. Known `landmarks` are used as they are; otherwise `detector` is asked, where the mode needs it.
 * Several faces: the one nearest the centre of the image, as in LFW, whose images are centred on the person they are named after.
 * No face: the centre crop, and the status says so (the paper, section 5.6, takes LFW's own alignment there).
 */
export async function alignImage(
  image: Raster,
  settings: AlignSettings,
  source: { readonly landmarks?: Float32Array; readonly detector?: FaceDetector },
): Promise<AlignedImage> {
  const plan =
    planCrop(image, settings, source.landmarks) ?? (await planByFace(image, settings, source.detector));
  const { map, ...rest } = plan;
  const side = cropSide(settings);
  return { crop: warpAffine(image, map, side, side), ...rest };
}

/** Side of a crop in pixels, its margins included. */
export function cropSide({ size, margin }: AlignSettings): number {
  return size + 2 * margin;
}

/** The crop of an image of this size where its pixels need not be looked at; `undefined` where a detector decides. */
export function planCrop(
  image: Size,
  settings: AlignSettings,
  landmarks?: Float32Array,
): CropPlan | undefined {
  const { mode } = settings;
  if (mode === "none") return { map: centre(image, settings, 1), status: "not needed" };
  if (mode === "center-crop") {
    return { map: centre(image, settings, settings.centerShare), status: "not needed" };
  }
  if (mode === "similarity" && landmarks) return onTemplate(landmarks, settings, "known landmarks");
  return undefined;
}

async function planByFace(
  image: Raster,
  settings: AlignSettings,
  detector?: FaceDetector,
): Promise<CropPlan> {
  const faces = detector ? await detector.detect(image) : [];
  const face = nearestCentre(faces, image);
  if (!face) return { map: centre(image, settings, settings.centerShare), status: "fallback" };
  const status = faces.length > 1 ? "several" : "detected";
  if (settings.mode === "similarity") return onTemplate(face.points, settings, status);
  return { map: aroundBox(face, settings), status, points: face.points };
}

function onTemplate(points: Float32Array, settings: AlignSettings, status: AlignStatus): CropPlan {
  const target = templatePoints(settings.template, settings.size, settings.margin);
  const map = similarityTransform(points, target);
  return { map, status, points, cropPoints: mapPoints(map, points) };
}

/** The face whose box centre is nearest the image centre; ties: the larger score. */
export function nearestCentre(faces: readonly DetectedFace[], image: Size): DetectedFace | undefined {
  const distance = ({ box }: DetectedFace): number =>
    Math.hypot(box.left + box.width / 2 - image.width / 2, box.top + box.height / 2 - image.height / 2);
  return [...faces].sort((a, b) => distance(a) - distance(b) || b.score - a.score)[0];
}

/** The net's input covers `share` of the shorter side; the margin lies outside of it, as far as the image goes. */
function centre(image: Size, settings: AlignSettings, share: number): Affine {
  const inner = Math.min(image.width, image.height) * share;
  const side = (inner * cropSide(settings)) / settings.size;
  return ontoSquare(
    { left: (image.width - side) / 2, top: (image.height - side) / 2, side },
    cropSide(settings),
  );
}

function aroundBox({ box }: DetectedFace, settings: AlignSettings): Affine {
  const inner = Math.max(box.width, box.height) * (1 + 2 * settings.boxMargin);
  const side = (inner * cropSide(settings)) / settings.size;
  const left = box.left + box.width / 2 - side / 2;
  const top = box.top + box.height / 2 - side / 2;
  return ontoSquare({ left, top, side }, cropSide(settings));
}
