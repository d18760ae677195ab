import { Interrupted, LabError, messageOf, throwIfStopped } from "../core/errors";
import type { LongWork } from "../core/progress";
import { type CropSet, type DataSet, POINT_VALUES, type SkippedItem } from "../data/dataset";
import {
  type AlignSettings,
  type AlignStatus,
  checkAlignSettings,
  cropSide,
  defaultAlignSettings,
} from "./align";
import { CropMaker, cropBytes } from "./cropMaker";
import { JPEGS_AT_ONCE } from "./jpegRegions";

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
  /** For each crop how it was made. */
  readonly statuses: readonly AlignStatus[];
  readonly report: AlignmentReport;
}

/** Images in flight at once: enough to keep every thread busy, in batches. */
const IN_FLIGHT = 4 * JPEGS_AT_ONCE;

/**
 * Aligns a data set. Drawings are only resized (mode `none`); faces are aligned by `mode`. Unreadable images are skipped and listed.
 * From 64 items on, small plain JPEGs are decoded by another library, to the same pixels; a file with a hole in its data may then be read as far as it goes.
 * Crops are cached by the image's content, its landmarks and the settings, so a second run reads them and an interrupted one goes on.
 */
export async function alignDataSet(dataSet: DataSet, options: AlignOptions = {}): Promise<AlignedSet> {
  const settings = settingsFor(dataSet, options);
  checkAlignSettings(settings);
  const chosen = options.items ?? Int32Array.from({ length: dataSet.items.length }, (_, i) => i);
  const maker = new CropMaker(dataSet, settings, { ...options, count: chosen.length });
  const bytes = cropBytes(settings);
  const data: Uint8Array = new Uint8Array(chosen.length * bytes);
  const points: Float32Array = new Float32Array(chosen.length * POINT_VALUES);
  const done: (AlignStatus | undefined)[] = new Array(chosen.length);
  const skipped: SkippedItem[] = [];
  let next = 0;
  let finished = 0;
  let stopped = false;
  const lane = async (): Promise<void> => {
    while (!stopped && next < chosen.length) {
      throwIfStopped(options.signal, "alignment; what was aligned is kept, the next run goes on");
      const i = next++;
      const item = dataSet.items[chosen[i]];
      try {
        const { crop, cropPoints, status } = await maker.align(item);
        data.set(crop, i * bytes);
        points.set(cropPoints, i * POINT_VALUES);
        done[i] = status;
      } catch (error) {
        if (error instanceof Interrupted || isWriteError(error)) throw error;
        if (!(error instanceof LabError || error instanceof RangeError)) throw error;
        skipped.push({ name: item.name, reason: messageOf(error) });
      }
      if (stopped) return;
      options.progress?.({ stage: "align", done: ++finished, total: chosen.length });
    }
  };
  try {
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  } finally {
    // When one lane has failed, the others end as well.
    stopped = true;
    maker.dispose();
  }
  return collect(dataSet, settings, chosen, data, points, done, skipped, maker.fromCache);
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

/** A full or read-only disk must stop the work, not skip every image. */
function isWriteError(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.message.startsWith("Cannot write") || error.message.startsWith("Cannot load the face detector"))
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
  const bytes = cropBytes(settings);
  const kept = Array.from({ length: chosen.length }, (_, i) => i).filter((i) => done[i] !== undefined);
  kept.forEach((from, to) => {
    if (from === to) return;
    data.copyWithin(to * bytes, from * bytes, (from + 1) * bytes);
    points.copyWithin(to * POINT_VALUES, from * POINT_VALUES, (from + 1) * POINT_VALUES);
  });
  const counts = { "known landmarks": 0, detected: 0, several: 0, fallback: 0, "not needed": 0 };
  const statuses = kept.map((i) => done[i] as AlignStatus);
  for (const status of statuses) counts[status]++;
  const itemIndex: Int32Array = Int32Array.from(kept, (i) => chosen[i]);
  const crops: CropSet = {
    size: cropSide(settings),
    channels: settings.channels,
    data: data.subarray(0, kept.length * bytes),
    ...(settings.mode === "similarity" && { points: points.subarray(0, kept.length * POINT_VALUES) }),
    labels: Int32Array.from(itemIndex, (i) => dataSet.items[i].label),
    names: Array.from(itemIndex, (i) => dataSet.items[i].name),
    identities: dataSet.identities,
  };
  const byName = skipped.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { crops, itemIndex, statuses, report: { settings, counts, fromCache, skipped: byName } };
}
