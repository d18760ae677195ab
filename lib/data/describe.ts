import type { DataSet } from "./dataset";

/** What a data set holds. Plain JSON. */
export interface DataDescription {
  readonly name: string;
  readonly kind: string;
  readonly identities: number;
  readonly images: number;
  /** Images per identity. */
  readonly perIdentity: { readonly least: number; readonly median: number; readonly most: number };
  /** Identities with one image: negatives only, they can form no positive pair. */
  readonly withOneImage: number;
  readonly landmarks: number;
  /** Files left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly largest: readonly { readonly identity: string; readonly images: number }[];
}

export function describeDataSet(dataSet: DataSet): DataDescription {
  const counts = new Int32Array(dataSet.identities.length);
  for (const item of dataSet.items) counts[item.label]++;
  const sorted = Int32Array.from(counts).sort();
  const reasons = new Map<string, number>();
  for (const { reason } of dataSet.skipped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const order = Array.from(counts.keys()).sort((a, b) => counts[b] - counts[a] || a - b);
  return {
    name: dataSet.name,
    kind: dataSet.kind,
    identities: dataSet.identities.length,
    images: dataSet.items.length,
    perIdentity: { least: sorted[0] ?? 0, median: sorted[sorted.length >> 1] ?? 0, most: sorted.at(-1) ?? 0 },
    withOneImage: counts.reduce((sum, count) => sum + (count === 1 ? 1 : 0), 0),
    landmarks: dataSet.landmarks
      ? dataSet.items.filter(({ name }) => dataSet.landmarks?.has(name)).length
      : 0,
    skipped: Object.fromEntries(reasons),
    largest: order
      .slice(0, 5)
      .map((label) => ({ identity: dataSet.identities[label], images: counts[label] })),
  };
}

/** The description for a terminal. */
export function descriptionText(d: DataDescription): string {
  const { least, median, most } = d.perIdentity;
  const lines = [
    `${d.name}: ${d.images.toLocaleString("en")} images of ${d.identities.toLocaleString("en")} identities (${d.kind})`,
    `images per identity: ${least} to ${most}, median ${median}; ${d.withOneImage.toLocaleString("en")} identities have only one`,
    `largest: ${d.largest.map(({ identity, images }) => `${identity} ${images}`).join(", ")}`,
  ];
  if (d.landmarks > 0) lines.push(`known landmarks: ${d.landmarks.toLocaleString("en")} images`);
  for (const [reason, count] of Object.entries(d.skipped)) lines.push(`left out: ${count} (${reason})`);
  return lines.join("\n");
}
