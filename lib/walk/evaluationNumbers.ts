import type { Interval } from "../evaluate/bootstrap";
import type { Slice } from "../evaluate/slices";

/** How an evaluation's numbers are written, in text, Markdown and on the page. */

export const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
export const fixed = (value: number): string => value.toFixed(4);
export const count = (n: number): string => n.toLocaleString("en");
/** A FAR, as a power of ten where it is one. */
export const power = (far: number): string => Number(far.toPrecision(3)).toExponential();
/** Empty where there is no interval. */
export const range = (interval: Interval | null | undefined, text: (value: number) => string): string =>
  interval ? `${text(interval[0])} to ${text(interval[1])}` : "";

export const SLICE_HEAD: readonly string[] = [
  "value",
  "images",
  "identities",
  "same",
  "different",
  "AUC",
  "all pairs' FAR",
  "VAL here",
  "FAR here",
];

/** One line for each FAR of all pairs, under {@link SLICE_HEAD}; a slice of too few pairs has one that says so. */
export function sliceRows(slice: Slice, fars: readonly number[]): string[][] {
  const { value, images, identities, pairs, verification, tooFew } = slice;
  const counts = [value, ...[images, identities, pairs.same, pairs.different].map(count)];
  if (!verification) return [[...counts, tooFew ?? "", "", "", ""]];
  const { auc, smallestFar, atThresholds } = verification;
  return atThresholds.map(({ far, val }, i) => [
    ...(i === 0 ? [...counts, fixed(auc)] : ["", "", "", "", "", ""]),
    power(fars[i]),
    percent(val),
    far < smallestFar ? `below ${smallestFar.toExponential(1)}` : far.toExponential(2),
  ]);
}
