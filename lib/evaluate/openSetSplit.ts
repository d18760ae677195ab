import { grouped } from "../core/groups";
import type { Random } from "../core/random";

/** Who is enrolled, who probes, and who is unknown, as rows. No row is in two of them. */
export interface OpenSetSplit {
  /** Enrolled images. */
  readonly gallery: Int32Array;
  /** Other images of enrolled identities. */
  readonly known: Int32Array;
  /** All images of identities that are not enrolled. */
  readonly strangers: Int32Array;
}

/** Options of {@link drawOpenSet}. */
export interface OpenSetSplitOptions {
  /** Share of the identities that could be enrolled, but are kept as strangers, in (0, 1); default 0.5. */
  readonly strangers?: number;
  /** Enrolled images of each identity; default 1. */
  readonly galleryImages?: number;
}

/**
 * Draws gallery, known probes and strangers by identity. An identity with `galleryImages` images or fewer has none left to probe with and is always a
 * stranger (the people with a single image on LFW); of the others a share becomes strangers, and of each of the rest `galleryImages` are enrolled.
 *
 * Source: Phillips, Grother, Micheals (2011), "Evaluation Methods in Face Recognition", the watch-list task; Best-Rowden et al. (2014) for LFW.
 * Throws a RangeError when nobody can be enrolled, or nobody is a stranger.
 */
export function drawOpenSet(
  labels: ArrayLike<number>,
  random: Random,
  options: OpenSetSplitOptions = {},
): OpenSetSplit {
  const { strangers = 0.5, galleryImages = 1 } = options;
  if (!(strangers > 0 && strangers < 1)) {
    throw new RangeError(
      `Cannot draw an open set: the share of strangers must lie in (0, 1), current value is ${strangers}`,
    );
  }
  if (!Number.isInteger(galleryImages) || galleryImages < 1) {
    throw new RangeError(
      `Cannot draw an open set: galleryImages must be an integer of at least 1, current value is ${galleryImages}`,
    );
  }
  const rows = Array.from({ length: labels.length }, (_, i) => i);
  const people = [...grouped(rows, (row) => labels[row]).values()];
  const able = random.shuffle(people.filter((images) => images.length > galleryImages));
  const unable = people.filter((images) => images.length <= galleryImages);
  const kept = Math.round(strangers * able.length);
  const enrolled = able.slice(kept).map((images) => random.shuffle([...images]));
  const unknown = [...unable, ...able.slice(0, kept)];
  if (enrolled.length === 0 || unknown.length === 0) {
    throw new RangeError(
      `Cannot draw an open set: enrolled identities and strangers are needed, current values are ${enrolled.length} and ${unknown.length} of ${people.length}`,
    );
  }
  const ascending = (lists: number[][]): Int32Array => Int32Array.from(lists.flat()).sort();
  return {
    gallery: ascending(enrolled.map((images) => images.slice(0, galleryImages))),
    known: ascending(enrolled.map((images) => images.slice(galleryImages))),
    strangers: ascending(unknown),
  };
}

/** Whether {@link drawOpenSet} with its defaults has somebody to enroll and somebody to keep out: two identities with two images. */
export function canDrawOpenSet(labels: ArrayLike<number>): boolean {
  const rows = Array.from({ length: labels.length }, (_, i) => i);
  return [...grouped(rows, (row) => labels[row]).values()].filter(({ length }) => length > 1).length > 1;
}
