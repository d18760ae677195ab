import type { FaceShape } from "./faceShape";

/** Radius of the eyeball, of the iris and of the usual pupil, in cm: nearly the same in all adults. */
export const EYE_RADIUS = 1.21;
export const IRIS_RADIUS = 0.6;

/** Depth of an eyeball's centre: its cornea lies near z = 0. */
export function eyeCentreZ(shape: FaceShape): number {
  return -EYE_RADIUS + shape.eyeBulge;
}

/**
 * The edges of the lids around an eye, in cm above the line of the pupils. `u` runs from −1 at the inner corner to 1 at the outer one;
 * `open` is 1 at rest, 0 shut. The upper edge carries the arch and its peak, the lower one is flatter and lowest on the outer side.
 */
export function upperLid(s: FaceShape, u: number, open: number): number {
  const peak = Math.min(1, Math.abs(u + 0.35 * s.eyePeak * (1 - u * u)));
  const arch = 1 - peak ** 2.2;
  return s.eyeTilt * s.eyeWidth * u + s.eyeOpen * (open * (arch * 0.84 + 0.05) - 0.42 * arch * (1 - open));
}

export function lowerLid(s: FaceShape, u: number, open: number): number {
  const arch = Math.max(0, 1 - u * u) * (1 + 0.18 * u);
  return s.eyeTilt * s.eyeWidth * u - s.eyeOpen * arch * (0.84 * Math.min(1, 0.6 + 0.4 * open));
}
