/**
 * Where five points lie in an aligned crop: image-left eye, image-right eye, nose tip, image-left and image-right mouth corner.
 * `arcface-112` are the coordinates in a 112×112 crop that ArcFace's authors published and most face-embedding code uses since.
 */
const TEMPLATES: ReadonlyMap<string, readonly number[]> = new Map([
  ["arcface-112", [38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041]],
]);

/** The face is drawn at this share of the template's size, which leaves a little more of the head in the crop. */
const FACE_SCALE = 0.95;

export const DEFAULT_TEMPLATE = "arcface-112";

export function templateNames(): string[] {
  return [...TEMPLATES.keys()];
}

/**
 * The template's five points (x, y, …, pixel centres) in a crop of (size + 2·margin)² pixels whose inner size × size is the net's input.
 */
export function templatePoints(name: string, size: number, margin: number): Float64Array {
  const points = TEMPLATES.get(name);
  if (!points) {
    throw new RangeError(
      `Cannot align: the template must be one of ${templateNames().join(", ")}, current value is ${name}`,
    );
  }
  const scale = (FACE_SCALE * size) / 112;
  return Float64Array.from(points, (value) => (value - 56) * scale + (size + 2 * margin) / 2);
}
