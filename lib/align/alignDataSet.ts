import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError, messageOf, throwIfStopped } from "../core/errors";
import { cacheFolder } from "../core/folders";
import { createGate, type Gate } from "../core/gate";
import type { LongWork } from "../core/progress";
import { type CachedRecord, openRecordCache, type RecordCache } from "../core/recordCache";
import { type CropSet, type DataItem, type DataSet, POINT_VALUES, type SkippedItem } from "../data/dataset";
import { countPixels, decodeImage } from "../image/codec";
import { type Raster, withChannels } from "../image/raster";
import {
  type AlignSettings,
  type AlignStatus,
  alignImage,
  checkAlignSettings,
  defaultAlignSettings,
} from "./align";
import { type FaceDetector, loadDetector } from "./detector";

/** Options of {@link alignDataSet}; settings left out take their defaults. */
export interface AlignOptions extends LongWork, Partial<AlignSettings> {
  /** Items to align, as indices; default all. */
  readonly items?: ArrayLike<number>;
  /** Folder of the cache; default `crops` in the user's cache folder. `false` switches it off. */
  readonly cache?: string | false;
  /** Use the landmarks that came with the data (default) or ask the detector. */
  readonly useLandmarks?: boolean;
}

export interface AlignmentReport {
  readonly settings: AlignSettings;
  readonly counts: Readonly<Record<AlignStatus, number>>;
  /** Crops that came from the cache. */
  readonly fromCache: number;
  /** Images that could not be read, with the reason. */
  readonly skipped: readonly SkippedItem[];
}

export interface AlignedSet {
  readonly crops: CropSet;
  /** For each crop the index of its item in the data set. */
  readonly itemIndex: Int32Array;
  readonly report: AlignmentReport;
}

/** What a cached record holds; part of the cache's key. */
const RECORD = "crop, points in the crop";
/** Images in flight at once: enough to keep sharp's threads busy while this thread warps. */
const IN_FLIGHT = 8;
const FLUSH_EVERY = 256;
/** Pixels of decoded images in flight at once: eight photographs of twelve megapixels, or one of the largest that is read. */
const PIXELS_IN_FLIGHT = 100e6;

/**
 * Aligns a data set. Drawings are only resized (mode `none`); faces are aligned by `mode`. Unreadable images are skipped and listed.
 * Crops are cached by the image's content, its landmarks and the settings, so a second run reads them and an interrupted one goes on.
 */
export async function alignDataSet(dataSet: DataSet, options: AlignOptions = {}): Promise<AlignedSet> {
  const settings = settingsFor(dataSet, options);
  checkAlignSettings(settings);
  const chosen = options.items ?? Int32Array.from({ length: dataSet.items.length }, (_, i) => i);
  const worker = new Worker(dataSet, settings, options);
  const side = settings.size + 2 * settings.margin;
  const bytes = side * side * settings.channels;
  const data: Uint8Array = new Uint8Array(chosen.length * bytes);
  const points: Float32Array = new Float32Array(chosen.length * POINT_VALUES);
  const done: (AlignStatus | undefined)[] = new Array(chosen.length);
  const skipped: SkippedItem[] = [];
  let next = 0;
  let finished = 0;
  const lane = async (): Promise<void> => {
    while (next < chosen.length) {
      throwIfStopped(options.signal, "alignment; what was aligned is kept, the next run goes on");
      const i = next++;
      const item = dataSet.items[chosen[i]];
      try {
        const record = await worker.align(item);
        data.set(record.bytes.subarray(0, bytes), i * bytes);
        points.set(new Float32Array(record.bytes.slice(bytes).buffer), i * POINT_VALUES);
        done[i] = record.status;
      } catch (error) {
        if (!(error instanceof LabError || error instanceof RangeError) || isWriteError(error)) throw error;
        skipped.push({ name: item.name, reason: messageOf(error) });
      }
      options.progress?.({ stage: "align", done: ++finished, total: chosen.length });
    }
  };
  try {
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  } finally {
    worker.flush();
  }
  return collect(dataSet, settings, chosen, data, points, done, skipped, worker.fromCache);
}

/** The crop settings of a data set: its kind decides mode and channels unless they are given. */
export function settingsFor(dataSet: DataSet, options: Partial<AlignSettings>): AlignSettings {
  const standard: AlignSettings =
    dataSet.kind === "drawings"
      ? { ...defaultAlignSettings, mode: "none", channels: 1, size: 32, margin: 0 }
      : defaultAlignSettings;
  const { mode, size, margin, channels, template, centerShare, boxMargin } = options;
  return {
    mode: mode ?? standard.mode,
    size: size ?? standard.size,
    margin: margin ?? standard.margin,
    channels: channels ?? standard.channels,
    template: template ?? standard.template,
    centerShare: centerShare ?? standard.centerShare,
    boxMargin: boxMargin ?? standard.boxMargin,
  };
}

/** Reads, finds or makes the crop of one item. */
class Worker {
  fromCache = 0;
  private readonly dataSet: DataSet;
  private readonly settings: AlignSettings;
  private readonly useLandmarks: boolean;
  private readonly cache: RecordCache<AlignStatus> | undefined;
  private readonly settingsKey: string;
  private readonly pixels: Gate = createGate(PIXELS_IN_FLIGHT);
  private added = 0;

  constructor(dataSet: DataSet, settings: AlignSettings, options: AlignOptions) {
    this.dataSet = dataSet;
    this.settings = settings;
    this.useLandmarks = options.useLandmarks ?? true;
    this.settingsKey = createHash("sha256")
      .update(RECORD)
      .update(JSON.stringify(settings))
      .digest("hex")
      .slice(0, 16);
    const side = settings.size + 2 * settings.margin;
    if (options.cache !== false && dataSet.kind === "faces") {
      const folder = join(options.cache ?? join(cacheFolder(), "crops"), this.settingsKey);
      this.cache = openRecordCache(
        folder,
        side * side * settings.channels + POINT_VALUES * Float32Array.BYTES_PER_ELEMENT,
      );
    }
  }

  async align(item: DataItem): Promise<CachedRecord<AlignStatus>> {
    if ("image" in item.source) return this.make(item.source.image, undefined, undefined);
    const bytes = await readImageFile(item.source.path, item.name);
    const landmarks = this.useLandmarks ? this.dataSet.landmarks?.get(item.name) : undefined;
    const detector = await this.detectorFor(landmarks);
    const key = this.keyOf(bytes, landmarks, detector);
    const cached = this.cache?.get(key);
    if (cached) {
      this.fromCache++;
      return cached;
    }
    const crop = await this.pixels.run(await countPixels(bytes, item.name), async () => {
      const image = await decodeImage(bytes, item.name, { channels: this.settings.channels });
      return this.make(image, landmarks, detector);
    });
    this.cache?.add(key, crop);
    if (++this.added % FLUSH_EVERY === 0) this.flush();
    return crop;
  }

  flush(): void {
    this.cache?.flush();
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

  private async make(
    image: Raster,
    landmarks?: Float32Array,
    detector?: FaceDetector,
  ): Promise<CachedRecord<AlignStatus>> {
    const source = withChannels(image, this.settings.channels);
    const aligned = await alignImage(source, this.settings, { landmarks, detector });
    const { crop, status, cropPoints = new Float32Array(POINT_VALUES).fill(Number.NaN) } = aligned;
    const bytes: Uint8Array = new Uint8Array(crop.data.length + cropPoints.byteLength);
    bytes.set(crop.data);
    bytes.set(new Uint8Array(cropPoints.buffer), crop.data.length);
    return { status, bytes };
  }
}

async function readImageFile(path: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new LabError(`Cannot read ${name}: ${messageOf(error)}`);
  }
}

/** A full or read-only disk must stop the work, not skip every image. */
function isWriteError(error: Error): boolean {
  return (
    error.message.startsWith("Cannot write") || error.message.startsWith("Cannot load the face detector")
  );
}

function collect(
  dataSet: DataSet,
  settings: AlignSettings,
  chosen: ArrayLike<number>,
  data: Uint8Array,
  points: Float32Array,
  done: readonly (AlignStatus | undefined)[],
  skipped: SkippedItem[],
  fromCache: number,
): AlignedSet {
  const side = settings.size + 2 * settings.margin;
  const bytes = side * side * settings.channels;
  const kept = Array.from({ length: chosen.length }, (_, i) => i).filter((i) => done[i] !== undefined);
  kept.forEach((from, to) => {
    if (from === to) return;
    data.copyWithin(to * bytes, from * bytes, (from + 1) * bytes);
    points.copyWithin(to * POINT_VALUES, from * POINT_VALUES, (from + 1) * POINT_VALUES);
  });
  const counts = { "known landmarks": 0, detected: 0, several: 0, fallback: 0, "not needed": 0 };
  for (const i of kept) counts[done[i] as AlignStatus]++;
  const itemIndex: Int32Array = Int32Array.from(kept, (i) => chosen[i]);
  const crops: CropSet = {
    size: side,
    channels: settings.channels,
    data: data.subarray(0, kept.length * bytes),
    ...(settings.mode === "similarity" && { points: points.subarray(0, kept.length * POINT_VALUES) }),
    labels: Int32Array.from(itemIndex, (i) => dataSet.items[i].label),
    names: Array.from(itemIndex, (i) => dataSet.items[i].name),
    identities: dataSet.identities,
  };
  const byName = skipped.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { crops, itemIndex, report: { settings, counts, fromCache, skipped: byName } };
}
