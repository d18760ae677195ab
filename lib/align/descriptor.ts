import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LabError, messageOf } from "../core/errors";
import { packageRoot } from "../core/folders";
import { loadEngine } from "../engine/load";
import { type Raster, withChannels } from "../image/raster";
import { warpAffine } from "../image/warp";
import { similarityTransform } from "./similarity";
import { templatePoints } from "./templates";

/** A pretrained face embedding that this project did not train: a judge from outside. Distances of its vectors are L2, not squared. */
export interface FaceDescriptor {
  readonly name: string;
  /** 128 numbers for the face whose five points (x, y of image-left eye, image-right eye, nose, mouth corners; pixels) are given. */
  describe(image: Raster, points: ArrayLike<number>): Promise<Float32Array>;
}

/** A descriptor that also takes many faces at once. */
export interface CropDescriptor extends FaceDescriptor {
  /** 128 numbers each for crops that are already aligned: RGB, 150×150, the template `dlib-150`. */
  describeCrops(crops: readonly Raster[]): Promise<Float32Array[]>;
}

/** Side of the net's input in pixels, and the template of its crops. */
export const DESCRIPTOR_SIDE = 150;
export const DESCRIPTOR_TEMPLATE = "dlib-150";

interface FaceApi {
  readonly nets: {
    readonly faceRecognitionNet: {
      loadFromDisk(folder: string): Promise<void>;
      computeFaceDescriptor(input: readonly unknown[]): Promise<Float32Array[]>;
    };
  };
}

/**
 * The ResNet of dlib (King 2017; usual threshold 0.6 on L2), from @vladmandic/face-api, whose package ships the weights: nothing is downloaded. Throws a
 * LabError when the package or its weights are missing.
 */
export async function loadDescriptor(): Promise<CropDescriptor> {
  const tf = loadEngine();
  try {
    const folder = join(packageRoot(), "node_modules", "@vladmandic", "face-api");
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
    const api = require(join(folder, "dist", "face-api.node.js")) as FaceApi;
    const net = api.nets.faceRecognitionNet;
    await net.loadFromDisk(join(folder, "model"));
    const describeCrops = async (crops: readonly Raster[]): Promise<Float32Array[]> => {
      const inputs = crops.map(({ data }) =>
        tf.tensor3d(Float32Array.from(data), [DESCRIPTOR_SIDE, DESCRIPTOR_SIDE, 3]),
      );
      try {
        return await net.computeFaceDescriptor(inputs);
      } finally {
        tf.dispose(inputs);
      }
    };
    return {
      name: `@vladmandic/face-api ${version} dlib resnet`,
      describe: async (image, points) => {
        const place = similarityTransform(points, templatePoints(DESCRIPTOR_TEMPLATE, DESCRIPTOR_SIDE, 0));
        const crop = warpAffine(withChannels(image, 3), place, DESCRIPTOR_SIDE, DESCRIPTOR_SIDE);
        return (await describeCrops([crop]))[0];
      },
      describeCrops,
    };
  } catch (error) {
    throw new LabError(`Cannot load the face descriptor: ${messageOf(error)}`);
  }
}
