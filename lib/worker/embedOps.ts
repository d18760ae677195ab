import { z } from "zod";
import { type AlignSettings, alignModes } from "../align/align";
import { alignDataSet } from "../align/alignDataSet";
import { LabError } from "../core/errors";
import type { CropSet, DataItem, DataSet } from "../data/dataset";
import { raster } from "../image/raster";
import { buildNet } from "../nets/build";
import { embedCrops } from "../train/embed";
import { writeWeights } from "../train/flatWeights";
import { netSpecSchema } from "../train/schemas";
import { type NamedArrays, type ShapedArray, shaped, shapedMatrix } from "./arrays";
import { type Op, op } from "./protocol";
import { held, type Session } from "./session";

/** One image to align: a file that the worker can read, or, without a path, the array `image/INDEX`. */
export interface AlignItem {
  readonly name: string;
  readonly path?: string;
  /** Five points, x and y each, in pixels of the image. */
  readonly landmarks?: readonly number[];
}

/** What `align` is asked. */
export interface AlignRequest {
  readonly kind: DataSet["kind"];
  readonly settings: AlignSettings;
  /** Use known landmarks or ask the detector. */
  readonly useLandmarks: boolean;
  /** Use the crop cache of the worker's machine. */
  readonly cache: boolean;
  readonly items: readonly AlignItem[];
}

const alignSchema: z.ZodType<AlignRequest> = z.strictObject({
  kind: z.enum(["faces", "drawings"]),
  settings: z.strictObject({
    mode: z.enum(alignModes as readonly [AlignSettings["mode"], ...AlignSettings["mode"][]]),
    size: z.number(),
    margin: z.number(),
    channels: z.union([z.literal(1), z.literal(3)]),
    template: z.string(),
    centerShare: z.number(),
    boxMargin: z.number(),
  }),
  useLandmarks: z.boolean(),
  cache: z.boolean(),
  items: z
    .array(
      z.strictObject({
        name: z.string(),
        path: z.string().optional(),
        landmarks: z.array(z.number()).length(10).optional(),
      }),
    )
    .min(1)
    .max(100_000),
});

const pixels = { dtype: "uint8", shape: "N × S × S × C" } as const;

/** From images to embeddings, as the net is used after training. */
export const embedOps: Readonly<Record<string, Op<Session>>> = {
  /** The net that `embed` uses. */
  model: op("model", {
    params: z.strictObject({ spec: netSpecSchema, mirrorAverage: z.boolean() }),
    arrays: { weights: { dtype: "float32", shape: "length" } },
    run: (session, { spec, mirrorAverage }, arrays) => {
      session.model?.net.dispose();
      session.model = undefined;
      const net = buildNet(spec, undefined);
      try {
        writeWeights(net, arrays.weights.data as Float32Array);
      } catch (error) {
        net.dispose();
        throw error;
      }
      session.model = { net, mirrorAverage };
      return {};
    },
  }),

  /** Crops of the items that can be read; `kept` are their indices, `skipped` says why others were left out. */
  align: op("align", {
    params: alignSchema,
    arrays: { image: { dtype: "uint8", shape: "H × W × C", list: true } },
    run: async (_, request, arrays) => {
      const { settings, useLandmarks, cache } = request;
      const dataSet = dataSetOf(request, arrays);
      const options = { ...settings, useLandmarks, ...(cache ? {} : { cache: false as const }) };
      const { crops, itemIndex, report } = await alignDataSet(dataSet, options);
      const { size, channels, data } = crops;
      return {
        result: { counts: report.counts, fromCache: report.fromCache, skipped: report.skipped },
        arrays: { crops: shaped(data, [itemIndex.length, size, size, channels]), kept: shaped(itemIndex) },
      };
    },
  }),

  /** Embeddings of crops, N×D, unit rows. */
  embed: op("embed", {
    params: z.strictObject({}),
    arrays: { crops: pixels },
    run: async (session, _, arrays) => {
      const { net, mirrorAverage } = held(session, "model", "embed", "model");
      return {
        arrays: { embeddings: shapedMatrix(await embedCrops(net, cropsOf(arrays.crops), { mirrorAverage })) },
      };
    },
  }),
};

function dataSetOf({ kind, items }: AlignRequest, arrays: NamedArrays): DataSet {
  const landmarks = new Map<string, Float32Array>();
  const found = items.map(({ name, path, landmarks: points }, i): DataItem => {
    if (points) landmarks.set(name, Float32Array.from(points));
    if (path !== undefined) return { name, label: 0, source: { path } };
    const image = arrays[`image/${i}`];
    if (!image) throw new LabError(`Cannot align ${name}: it needs a path or the array image/${i}`);
    const [height, width, channels] = image.shape;
    if (channels !== 1 && channels !== 3) {
      throw new LabError(`Cannot align ${name}: 1 or 3 channels are wanted, current value is ${channels}`);
    }
    return { name, label: 0, source: { image: raster(width, height, channels, image.data as Uint8Array) } };
  });
  return { name: "a request", kind, identities: [""], items: found, skipped: [], landmarks };
}

function cropsOf({ shape, data }: ShapedArray): CropSet {
  const [count, size, width, channels] = shape;
  if (size !== width || (channels !== 1 && channels !== 3)) {
    throw new LabError(
      `Cannot embed: square crops of 1 or 3 channels are wanted, current value is ${shape.join(" × ")}`,
    );
  }
  return {
    size,
    channels,
    data: data as Uint8Array,
    labels: new Int32Array(count),
    names: new Array<string>(count).fill(""),
    identities: [""],
  };
}
