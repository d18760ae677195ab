import type { Raster } from "../image/raster";

/** One picture of one identity. */
export interface DataItem {
  /** Unique within the set, `/`-separated, for people and file lists, for example `Aaron_Peirsol/Aaron_Peirsol_0001.jpg`. */
  readonly name: string;
  /** Index into `DataSet.identities`. */
  readonly label: number;
  /** File to read, or the picture itself where the set has no files (embedded Omniglot). */
  readonly source: { readonly path: string } | { readonly image: Raster };
}

/** Something that was found and left out, with the reason; always counted and shown, never silent. */
export interface SkippedItem {
  readonly name: string;
  readonly reason: string;
  /** Set where it is a folder and not a file. */
  readonly folder?: true;
}

/** A pair list over the items of a data set: `same[i]` is 1 for one identity; `fold[i]` is 0-based. */
export interface PairList {
  readonly name: string;
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly same: Uint8Array;
  readonly fold: Int32Array;
  readonly folds: number;
}

/** Pictures of known identities. `faces` go through the detector, `drawings` (Omniglot) are used as they are. */
export interface DataSet {
  readonly name: string;
  readonly kind: "faces" | "drawings";
  /** Where it was read from; undefined for the embedded set. */
  readonly folder?: string;
  /** Display names; data, never a path or HTML. */
  readonly identities: readonly string[];
  readonly items: readonly DataItem[];
  readonly skipped: readonly SkippedItem[];
  /** Five points per item name (10 numbers: x, y of image-left eye, image-right eye, nose, image-left and image-right mouth corner; pixels), where a landmark file was found. */
  readonly landmarks?: ReadonlyMap<string, Float32Array>;
  /** Groups of identities that a split must keep together (Omniglot: the alphabet); by identity. */
  readonly groups?: readonly string[];
}

/**
 * Who trains and who is tested: item indices, disjoint by identity, and the pairs that score.
 */
export interface Protocol {
  /** Short name for reports, for example `LFW View 1 (DevTrain → DevTest)`. */
  readonly name: string;
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Indices are into `DataSet.items` and lie within `test`. */
  readonly pairs: PairList;
}

/** Numbers of a face's five points: x and y of each. */
export const POINT_VALUES = 10;

/** Aligned pictures, one after the other: N × size × size × channels bytes. The unit that training and embedding read. */
export interface CropSet {
  /** Side of a stored crop in pixels; it may include a margin for shift augmentation. */
  readonly size: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
  /** N×10: the five points of each face in pixels of its crop, in the order of `DataSet.landmarks`; NaN where a face has none. Left out: none has. */
  readonly points?: Float32Array;
  /** Identity index per crop. */
  readonly labels: Int32Array;
  readonly names: readonly string[];
  readonly identities: readonly string[];
}

/** The name of the identity of each crop. */
export function identityNames({ labels, identities }: CropSet): string[] {
  return Array.from(labels, (label) => identities[label]);
}

/** The five points of a crop (10 values, pixels of the crop); undefined when the set has none, NaN when this crop has none. */
export function pointsOfCrop({ points }: CropSet, row: number): Float32Array | undefined {
  return points?.subarray(POINT_VALUES * row, POINT_VALUES * (row + 1));
}
