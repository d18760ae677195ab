/** Five points in a square of `side` pixels, and the share of that size at which the face is drawn. */
interface Template {
  readonly side: number;
  readonly points: readonly number[];
  readonly scale: number;
}

const ARCFACE_POINTS: readonly number[] = [
  38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041,
];

/**
 * Where five points lie in an aligned crop: image-left eye, image-right eye, nose tip, image-left and image-right mouth corner.
 * `arcface-112` are the coordinates in a 112×112 crop that ArcFace's authors published and most face-embedding code uses since, drawn a little smaller, which
 * leaves more of the head in the crop. `close-112` are the same points drawn a third larger: eyes, nose and mouth fill the crop, hair and chin leave it. `dlib-150` is dlib's mean face in its 150×150 chip with a padding of a quarter (King 2017), as its net wants it.
 */
const TEMPLATES: ReadonlyMap<string, Template> = new Map([
  ["arcface-112", { side: 112, points: ARCFACE_POINTS, scale: 0.95 }],
  ["close-112", { side: 112, points: ARCFACE_POINTS, scale: 1.25 }],
  [
    "dlib-150",
    {
      side: 150,
      points: [
        0.22549, 0.21599, 0.75476, 0.21599, 0.490127, 0.515625, 0.254149, 0.780233, 0.726104, 0.780233,
      ].map((v) => ((v + 0.25) / 1.5) * 150),
      scale: 1,
    },
  ],
]);

export const DEFAULT_TEMPLATE = "arcface-112";

export function templateNames(): string[] {
  return [...TEMPLATES.keys()];
}

/**
 * The template's five points (x, y, …, pixel centres) in a crop of (size + 2·margin)² pixels whose inner size × size is the net's input.
 */
export function templatePoints(name: string, size: number, margin: number): Float64Array {
  const template = TEMPLATES.get(name);
  if (!template) {
    throw new RangeError(
      `Cannot align: the template must be one of ${templateNames().join(", ")}, current value is ${name}`,
    );
  }
  const { side, points } = template;
  const scale = (template.scale * size) / side;
  return Float64Array.from(points, (value) => (value - side / 2) * scale + (size + 2 * margin) / 2);
}
