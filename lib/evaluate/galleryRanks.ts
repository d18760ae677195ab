import type { Matrix } from "../core/matrix";
import type { BlockOptions } from "./distances";
import { forEachGalleryBlock } from "./galleryBlocks";

/** Rows with their identities. */
export interface Labelled {
  readonly x: Matrix;
  readonly labels: ArrayLike<number>;
}

/** Where the probes stand in a gallery. */
export interface GalleryRanks {
  /** One more than the number of gallery *identities* that are as near as the probe's own or nearer; 0 where its own is not in the gallery. */
  readonly rank: Int32Array;
  /** Squared L2 to the nearest image of its own identity; infinite where there is none. */
  readonly own: Float32Array;
  /** Squared L2 to the nearest gallery image of all. */
  readonly nearest: Float32Array;
}

/**
 * Ranks of probes among the identities of a gallery; an identity is as near as its nearest image. Equal distances count against the probe.
 * Throws a RangeError when the columns differ. Cost O(P·G·D), memory of one block of probes × identities.
 */
export function galleryRanks(probes: Labelled, gallery: Labelled, options: BlockOptions = {}): GalleryRanks {
  const position = new Map<number, number>();
  const column = Int32Array.from({ length: gallery.x.rows }, (_, j) => {
    const known = position.get(gallery.labels[j]) ?? position.size;
    position.set(gallery.labels[j], known);
    return known;
  });
  const identities = position.size;
  const count = probes.x.rows;
  const result: GalleryRanks = {
    rank: new Int32Array(count),
    own: new Float32Array(count).fill(Number.POSITIVE_INFINITY),
    nearest: new Float32Array(count).fill(Number.POSITIVE_INFINITY),
  };
  let best: Float32Array = new Float32Array(0);
  forEachGalleryBlock(
    probes.x,
    gallery.x,
    ({ rowStart, rows, columnStart, columns, values }) => {
      if (columnStart === 0) best = new Float32Array(rows * identities).fill(Number.POSITIVE_INFINITY);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const at = i * identities + column[columnStart + j];
          best[at] = Math.min(best[at], values[i * columns + j]);
        }
      }
      if (columnStart + columns < gallery.x.rows) return;
      for (let i = 0; i < rows; i++) {
        const nearest = best.subarray(i * identities, (i + 1) * identities);
        place(result, rowStart + i, nearest, position.get(probes.labels[rowStart + i]));
      }
    },
    options,
  );
  return result;
}

function place(result: GalleryRanks, probe: number, nearest: Float32Array, own: number | undefined): void {
  let least = Number.POSITIVE_INFINITY;
  for (const d of nearest) least = Math.min(least, d);
  result.nearest[probe] = least;
  if (own === undefined) return;
  let ahead = 0;
  for (const d of nearest) if (d <= nearest[own]) ahead++;
  // Its own identity was counted too, which makes it the rank.
  result.rank[probe] = ahead;
  result.own[probe] = nearest[own];
}
