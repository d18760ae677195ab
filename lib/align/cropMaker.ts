import { createHash } from "node:crypto";
import { readFile as readFileBack, stat as statBack } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { LabError, messageOf } from "../core/errors";
import { cacheFolder } from "../core/folders";
import { createGate, type Gate } from "../core/gate";
import { openRecordCache, type RecordCache } from "../core/recordCache";
import { type DataItem, type DataSet, POINT_VALUES } from "../data/dataset";
import { countPixels, decodeImage } from "../image/codec";
import { plainJpegSize } from "../image/plainJpeg";
import { type Raster, withChannels } from "../image/raster";
import {
  type AlignedImage,
  type AlignSettings,
  type AlignStatus,
  alignImage,
  cropSide,
  planCrop,
} from "./align";
import { type FaceDetector, loadDetector } from "./detector";
import { openPlainCrops, type PlainCrops } from "./plainCrops";

/** A third of the time of `node:fs/promises`, whose files are objects. */
const readFile = promisify(readFileBack);
const fileSize = promisify(statBack);
/** What a cached record holds; part of the cache's key. */
const RECORD = "crop, points in the crop";
const FLUSH_EVERY = 256;
/** Pixels of decoded images in flight at once: eight photographs of twelve megapixels, or one of the largest that is read. */
const PIXELS_IN_FLIGHT = 100e6;
/** Bytes of files in memory at once: eight photographs of the largest kind. */
const BYTES_IN_FLIGHT = 256e6;
/** From so many items on, a decoder and threads of their own are worth their start. */
const LEAST_ITEMS = 64;
/** Of a picture that is decoded together with others; a larger one spends its time in the decoding itself. */
const MOST_PLAIN_PIXELS = 250_000;

/** The crop of one item. */
export interface MadeCrop {
  /** `cropBytes` values. */
  readonly crop: Uint8Array;
  /** Five points in pixels of the crop; NaN where no template put them there. */
  readonly cropPoints: Float32Array;
  readonly status: AlignStatus;
}

/** Options of {@link CropMaker}, as those of `alignDataSet`. */
export interface CropMakerOptions {
  readonly cache?: string | false;
  readonly useLandmarks?: boolean;
  /** Items that may be asked for. */
  readonly count: number;
}

/** Bytes of a crop, its margins included. */
export function cropBytes(settings: AlignSettings): number {
  return cropSide(settings) ** 2 * settings.channels;
}

/** Reads, finds or makes the crops of a data set's items, many at once. */
export class CropMaker {
  fromCache = 0;
  private readonly dataSet: DataSet;
  private readonly settings: AlignSettings;
  private readonly useLandmarks: boolean;
  private readonly cache: RecordCache<AlignStatus> | undefined;
  private readonly settingsKey: string;
  private readonly files: Gate = createGate(BYTES_IN_FLIGHT);
  private readonly pixels: Gate = createGate(PIXELS_IN_FLIGHT);
  private readonly plain: PlainCrops | undefined;
  private added = 0;

  constructor(dataSet: DataSet, settings: AlignSettings, options: CropMakerOptions) {
    this.dataSet = dataSet;
    this.settings = settings;
    this.useLandmarks = options.useLandmarks ?? true;
    this.plain = options.count >= LEAST_ITEMS ? openPlainCrops(settings) : undefined;
    this.settingsKey = createHash("sha256")
      .update(RECORD)
      .update(JSON.stringify(settings))
      .digest("hex")
      .slice(0, 16);
    if (options.cache !== false && dataSet.kind === "faces") {
      const folder = join(options.cache ?? join(cacheFolder(), "crops"), this.settingsKey);
      this.cache = openRecordCache(
        folder,
        cropBytes(settings) + POINT_VALUES * Float32Array.BYTES_PER_ELEMENT,
      );
    }
  }

  async align(item: DataItem): Promise<MadeCrop> {
    if ("image" in item.source) return this.crop(await this.alignRaster(item.source.image));
    const { path } = item.source;
    const size = await reading(item.name, async () => (await fileSize(path)).size);
    return this.files.run(size, () => this.alignFile(item, path));
  }

  private async alignFile(item: DataItem, path: string): Promise<MadeCrop> {
    const bytes = await reading(item.name, () => readFile(path));
    const landmarks = this.useLandmarks ? this.dataSet.landmarks?.get(item.name) : undefined;
    const detector = await this.detectorFor(landmarks);
    const key = this.cache && this.keyOf(bytes, landmarks, detector);
    const cached = key && this.cache?.get(key);
    if (cached) {
      this.fromCache++;
      const length = cropBytes(this.settings);
      return {
        status: cached.status,
        crop: cached.bytes.subarray(0, length),
        cropPoints: new Float32Array(cached.bytes.slice(length).buffer),
      };
    }
    const made = this.crop(
      (await this.alignPlain(bytes, landmarks)) ??
        (await this.pixels.run(await countPixels(bytes, item.name), async () => {
          const image = await decodeImage(bytes, item.name, { channels: this.settings.channels });
          return this.alignRaster(image, landmarks, detector);
        })),
    );
    if (key) this.keep(key, made);
    return made;
  }

  /** Writes what is not yet in the cache, and ends threads. What is still being made is given up. */
  dispose(): void {
    this.plain?.dispose();
    this.cache?.flush();
  }

  /** A small JPEG without a detector: decoded and drawn together with others. `undefined` for other images, and where that goes wrong: the error is then that of `decodeImage`. */
  private async alignPlain(bytes: Uint8Array, landmarks?: Float32Array): Promise<AlignedImage | undefined> {
    const size = this.plain && plainJpegSize(bytes);
    if (!size || size.width * size.height > MOST_PLAIN_PIXELS) return undefined;
    const plan = planCrop(size, this.settings, landmarks);
    return plan && this.plain?.draw(bytes, size, plan);
  }

  private async alignRaster(
    image: Raster,
    landmarks?: Float32Array,
    detector?: FaceDetector,
  ): Promise<AlignedImage> {
    return alignImage(withChannels(image, this.settings.channels), this.settings, { landmarks, detector });
  }

  private crop({ crop, status, cropPoints }: AlignedImage): MadeCrop {
    return {
      status,
      crop: crop.data,
      cropPoints: cropPoints ?? new Float32Array(POINT_VALUES).fill(Number.NaN),
    };
  }

  private keep(key: string, { status, crop, cropPoints }: MadeCrop): void {
    const bytes: Uint8Array = new Uint8Array(crop.length + cropPoints.byteLength);
    bytes.set(crop);
    bytes.set(new Uint8Array(cropPoints.buffer), crop.length);
    this.cache?.add(key, { status, bytes });
    if (++this.added % FLUSH_EVERY === 0) this.cache?.flush();
  }

  private async detectorFor(landmarks: Float32Array | undefined): Promise<FaceDetector | undefined> {
    const { mode } = this.settings;
    const needed = mode === "detector-box" || (mode === "similarity" && !landmarks);
    return needed && this.dataSet.kind === "faces" ? loadDetector() : undefined;
  }

  private keyOf(bytes: Uint8Array, landmarks?: Float32Array, detector?: FaceDetector): string {
    const hash = createHash("sha256").update(bytes).update(this.settingsKey);
    if (this.settings.mode === "similarity" && landmarks) hash.update(landmarks.join(","));
    return hash.update(detector?.name ?? "").digest("hex");
  }
}

async function reading<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new LabError(`Cannot read ${name}: ${messageOf(error)}`);
  }
}
