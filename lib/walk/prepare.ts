import { createHash } from "node:crypto";
import { type AlignedSet, type AlignOptions, alignDataSet } from "../align/alignDataSet";
import { LabError } from "../core/errors";
import type { LongWork } from "../core/progress";
import type { CropSet, PairList, Protocol } from "../data/dataset";
import { type OpenedData, openDataSet, type ProtocolName } from "../data/open";
import { withQuarterTurns } from "../data/quarterTurns";

/** A data set ready to train and test: aligned, split by its protocol. */
export interface Prepared {
  readonly opened: OpenedData;
  readonly protocol: Protocol;
  readonly train: AlignedSet;
  readonly test: AlignedSet;
  /** The protocol's pairs as rows of `test.crops`; pairs of unreadable images are left out. */
  readonly pairs: PairList;
  /** Pairs that were left out. */
  readonly lostPairs: number;
}

/** Options of {@link prepare}. */
export interface PrepareOptions extends LongWork {
  /** What `openDataSet` takes, or the set that it opened. */
  readonly data?: string | OpenedData;
  readonly protocol?: ProtocolName;
  readonly seed?: number;
  /** Folds (0-based) that LFW's `view2` tests; default the first two. */
  readonly folds?: readonly number[];
  readonly align?: AlignOptions;
  /** Train on quarter turns of drawings as well, each an identity of its own (see `withQuarterTurns`); default false. */
  readonly turns?: boolean;
}

/** Opens, splits and aligns. Errors of data and alignment pass through; nothing is written but the crop cache. */
export async function prepare(options: PrepareOptions): Promise<Prepared> {
  const { progress, signal } = options;
  const { data } = options;
  const opened = typeof data === "object" ? data : await openDataSet(data, { progress, signal });
  const protocol = opened.protocol({ name: options.protocol, seed: options.seed, folds: options.folds });
  const total = protocol.train.length + protocol.test.length;
  const alignPart = (items: Int32Array, before: number): Promise<AlignedSet> =>
    alignDataSet(opened.dataSet, {
      ...options.align,
      items,
      signal,
      progress: (event) => progress?.({ ...event, done: before + event.done, total }),
    });
  if (options.turns && opened.dataSet.kind !== "drawings") {
    throw new RangeError(
      `Cannot train on quarter turns: they are for drawings, current kind of ${opened.dataSet.name} is ${opened.dataSet.kind}`,
    );
  }
  const upright = await alignPart(protocol.train, 0);
  const train = options.turns ? turnedSet(upright) : upright;
  const test = await alignPart(protocol.test, protocol.train.length);
  const { pairs, lost } = pairRows(protocol.pairs, test);
  if (!pairs.same.includes(1) || !pairs.same.includes(0)) {
    throw new LabError(
      `Cannot evaluate ${opened.dataSet.name}: same and different pairs of readable images are needed, ${lost} of ${protocol.pairs.same.length} pairs could not be read`,
    );
  }
  return { opened, protocol, train, test, pairs, lostPairs: lost };
}

function turnedSet(set: AlignedSet): AlignedSet {
  const crops = withQuarterTurns(set.crops);
  const count = set.itemIndex.length;
  return {
    ...set,
    crops,
    itemIndex: Int32Array.from(crops.labels, (_, row) => set.itemIndex[row % count]),
    statuses: Array.from(crops.labels, (_, row) => set.statuses[row % count]),
  };
}

/** Pairs of items as pairs of rows of an aligned set. */
export function pairRows(list: PairList, aligned: AlignedSet): { pairs: PairList; lost: number } {
  const rowOf = new Map(Array.from(aligned.itemIndex, (item, row) => [item, row]));
  const kept = Array.from(list.same.keys()).filter(
    (p) => rowOf.has(list.first[p]) && rowOf.has(list.second[p]),
  );
  const rows = (items: Int32Array): Int32Array => Int32Array.from(kept, (p) => rowOf.get(items[p]) as number);
  const pairs = {
    ...list,
    first: rows(list.first),
    second: rows(list.second),
    same: Uint8Array.from(kept, (p) => list.same[p]),
    fold: Int32Array.from(kept, (p) => list.fold[p]),
  };
  return { pairs, lost: list.same.length - kept.length };
}

/** SHA-256 over names, labels and pixels: a resumed run must see the same training data. */
export function cropsDigest(crops: CropSet): string {
  const labels = Buffer.from(crops.labels.buffer, crops.labels.byteOffset, crops.labels.byteLength);
  return createHash("sha256")
    .update(JSON.stringify(crops.names))
    .update(labels)
    .update(crops.data)
    .digest("hex");
}
