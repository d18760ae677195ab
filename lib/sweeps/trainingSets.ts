import { matrix, takeRows } from "../core/matrix";
import type { Random } from "../core/random";
import { type CropSet, POINT_VALUES } from "../data/dataset";

/** A share of the training identities, all images of each. The same random numbers and a larger share hold the smaller choice: the sets are nested. */
export function shareOfIdentities(crops: CropSet, share: number, random: Random): CropSet {
  if (!(share > 0 && share <= 1)) {
    throw new RangeError(
      `Cannot take a share of the identities: it must lie in (0, 1], current value is ${share}`,
    );
  }
  const present = [...new Set(crops.labels)].sort((a, b) => a - b);
  const shuffled = random.shuffle(present);
  const chosen = new Set(shuffled.slice(0, Math.max(1, Math.round(share * shuffled.length))));
  const rows = Array.from(crops.labels.keys()).filter((row) => chosen.has(crops.labels[row]));
  const bytes = crops.size * crops.size * crops.channels;
  const data: Uint8Array = new Uint8Array(rows.length * bytes);
  rows.forEach((row, i) => {
    data.set(crops.data.subarray(row * bytes, (row + 1) * bytes), i * bytes);
  });
  return {
    ...crops,
    data,
    ...(crops.points && {
      points: takeRows(matrix(crops.labels.length, POINT_VALUES, crops.points), rows).data,
    }),
    labels: Int32Array.from(rows, (row) => crops.labels[row]),
    names: rows.map((row) => crops.names[row]),
  };
}

/**
 * A share of the images gets the label of another training identity, each of the others with the same chance. Which images and which labels follow from the
 * random numbers alone, so a larger share holds the smaller one's mistakes.
 */
export function withFlippedLabels(crops: CropSet, share: number, random: Random): CropSet {
  if (!(share >= 0 && share < 1)) {
    throw new RangeError(`Cannot flip labels: the share must lie in [0, 1), current value is ${share}`);
  }
  const present = [...new Set(crops.labels)].sort((a, b) => a - b);
  if (present.length < 2) {
    throw new RangeError(`Cannot flip labels: two identities are needed, current value is ${present.length}`);
  }
  const order = random.shuffle(Array.from(crops.labels.keys()));
  const draws = order.map(() => random.integer(present.length - 1));
  const labels = crops.labels.slice();
  const count = Math.round(share * order.length);
  for (let i = 0; i < count; i++) {
    const own = present.indexOf(labels[order[i]]);
    labels[order[i]] = present[draws[i] < own ? draws[i] : draws[i] + 1];
  }
  return { ...crops, labels };
}
