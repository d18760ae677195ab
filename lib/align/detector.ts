import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LabError, messageOf } from "../core/errors";
import { packageRoot } from "../core/folders";
import { createGate } from "../core/gate";
import { loadEngine } from "../engine/load";
import { type Raster, raster, withChannels } from "../image/raster";
import { warpAffine } from "../image/warp";

/** One face: its box and five points in pixels of the image, and the detector's confidence in [0, 1]. */
export interface DetectedFace {
  readonly box: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
  readonly score: number;
  /** x, y of image-left eye, image-right eye, nose, image-left and image-right mouth corner. */
  readonly points: Float32Array;
}

export interface FaceDetector {
  /** Name and version; part of the cache key of aligned crops. */
  readonly name: string;
  detect(image: Raster): Promise<DetectedFace[]>;
}

/** Points of the face mesh that are averaged into each of the five points. */
const MESH_POINTS = [[33, 133, 159, 145], [263, 362, 386, 374], [4], [61], [291]] as const;

/** BlazeFace looks at 256 pixels; a smaller image is enlarged, a larger one shrunk to this side. */
const LEAST_SIDE = 256;
const MOST_SIDE = 1024;

interface HumanFace {
  readonly score: number;
  readonly box: readonly [number, number, number, number];
  readonly mesh?: readonly (readonly number[])[];
}
interface HumanLibrary {
  load(): Promise<void>;
  detect(input: unknown): Promise<{ readonly face: readonly HumanFace[]; readonly error?: string | null }>;
}

let detector: Promise<FaceDetector> | undefined;

/**
 * BlazeFace and the 468-point face mesh of MediaPipe, from @vladmandic/human, whose package ships the models: nothing is downloaded.
 * It runs on the engine that trains. Throws a LabError when the package or its models are missing.
 */
export function loadDetector(): Promise<FaceDetector> {
  detector ??= load();
  return detector;
}

async function load(): Promise<FaceDetector> {
  const tf = loadEngine();
  try {
    const folder = join(packageRoot(), "node_modules", "@vladmandic", "human");
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
    const library = require(join(folder, "dist", "human.node.js")) as {
      Human?: new (config: object) => HumanLibrary;
      default?: new (config: object) => HumanLibrary;
    };
    const Human = library.Human ?? library.default;
    if (!Human) throw new Error("the package has another form than expected");
    const human = new Human(configuration(pathToFileURL(join(folder, "models")).href));
    await human.load();
    // The library keeps boxes between its stages: one image at a time.
    const gate = createGate(1);
    return {
      name: `@vladmandic/human ${version} blazeface facemesh`,
      detect: async (image) => {
        const { scaled, scale } = fit(withChannels(image, 3));
        return gate.run(1, async () => {
          const input = tf.tensor4d(Float32Array.from(scaled.data), [1, scaled.height, scaled.width, 3]);
          try {
            const result = await human.detect(input);
            if (result.error) throw new LabError(`Cannot detect faces: ${result.error}`);
            return result.face.flatMap((face) => toFace(face, scale));
          } finally {
            input.dispose();
          }
        });
      },
    };
  } catch (error) {
    detector = undefined;
    throw new LabError(`Cannot load the face detector: ${messageOf(error)}`);
  }
}

/** Brings the image to a size that the detector likes; `scale` leads back. */
function fit(image: Raster): { scaled: Raster; scale: number } {
  const side = Math.max(image.width, image.height);
  const scale = side < LEAST_SIDE ? LEAST_SIDE / side : side > MOST_SIDE ? MOST_SIDE / side : 1;
  if (scale === 1) return { scaled: image, scale };
  const [width, height] = [Math.round(image.width * scale), Math.round(image.height * scale)];
  const shift = (scale - 1) / 2;
  const scaled = warpAffine(image, [scale, 0, shift, 0, scale, shift], width, height);
  return { scaled: raster(width, height, 3, scaled.data), scale };
}

function toFace({ box, score, mesh }: HumanFace, scale: number): DetectedFace[] {
  if (!mesh || mesh.length < 468) return [];
  const points = new Float32Array(10);
  MESH_POINTS.forEach((indices, p) => {
    for (const i of indices) {
      points[2 * p] += mesh[i][0] / indices.length / scale;
      points[2 * p + 1] += mesh[i][1] / indices.length / scale;
    }
  });
  if (!points.every(Number.isFinite)) return [];
  const [left, top, width, height] = box.map((value) => value / scale);
  return [{ box: { left, top, width, height }, score, points }];
}

/** Only detector and mesh; each image is looked at afresh (no video tracking). A low confidence, because a missed face costs more than a weak one. */
function configuration(models: string): object {
  const off = { enabled: false };
  return {
    backend: "tensorflow",
    modelBasePath: `${models}/`,
    debug: false,
    async: false,
    cacheSensitivity: 0,
    skipAllowed: false,
    softwareKernels: false,
    filter: off,
    face: {
      enabled: true,
      detector: { rotation: true, maxDetected: 20, minConfidence: 0.2, return: false },
      mesh: { enabled: true },
      iris: off,
      emotion: off,
      description: off,
      antispoof: off,
      liveness: off,
    },
    body: off,
    hand: off,
    gesture: off,
    object: off,
    segmentation: off,
  };
}
