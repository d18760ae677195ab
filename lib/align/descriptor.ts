import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LabError, messageOf } from "../core/errors";
import { packageRoot } from "../core/folders";
import { loadEngine } from "../engine/load";
import { type Raster, withChannels } from "../image/raster";
import { warpAffine } from "../image/warp";
import { similarityTransform } from "./similarity";

/** A pretrained face embedding that this project did not train: a judge from outside. Distances of its vectors are L2, not squared. */
export interface FaceDescriptor {
  readonly name: string;
  /** 128 numbers for the face whose five points (x, y of image-left eye, image-right eye, nose, mouth corners; pixels) are given. */
  describe(image: Raster, points: ArrayLike<number>): Promise<Float32Array>;
}

/** Side of the net's input in pixels. */
const SIDE = 150;
/** Where the five points lie in the input: dlib's mean face with its padding of a quarter. */
const TEMPLATE: readonly number[] = [
  [0.22549, 0.21599],
  [0.75476, 0.21599],
  [0.490127, 0.515625],
  [0.254149, 0.780233],
  [0.726104, 0.780233],
].flatMap((point) => point.map((v) => ((v + 0.25) / 1.5) * SIDE));

interface FaceApi {
  readonly nets: {
    readonly faceRecognitionNet: {
      loadFromDisk(folder: string): Promise<void>;
      computeFaceDescriptor(input: unknown): Promise<Float32Array>;
    };
  };
}

/**
 * The ResNet of dlib (King 2017; usual threshold 0.6 on L2), from @vladmandic/face-api, whose package ships the weights: nothing is downloaded. Throws a
 * LabError when the package or its weights are missing.
 */
export async function loadDescriptor(): Promise<FaceDescriptor> {
  const tf = loadEngine();
  try {
    const folder = join(packageRoot(), "node_modules", "@vladmandic", "face-api");
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
    const api = require(join(folder, "dist", "face-api.node.js")) as FaceApi;
    const net = api.nets.faceRecognitionNet;
    await net.loadFromDisk(join(folder, "model"));
    return {
      name: `@vladmandic/face-api ${version} dlib resnet`,
      describe: async (image, points) => {
        const chip = warpAffine(
          withChannels(image, 3),
          similarityTransform(Array.from(points), TEMPLATE),
          SIDE,
          SIDE,
        );
        const input = tf.tensor3d(Float32Array.from(chip.data), [SIDE, SIDE, 3]);
        try {
          return await net.computeFaceDescriptor(input);
        } finally {
          input.dispose();
        }
      },
    };
  } catch (error) {
    throw new LabError(`Cannot load the face descriptor: ${messageOf(error)}`);
  }
}
