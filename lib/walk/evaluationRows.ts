import type { ClusterScores } from "../cluster/clusterScores";
import type { IdentificationResult } from "../evaluate/identification";
import type { OpenSetResult } from "../evaluate/openSet";
import type { CalibratedRates, RowsEvaluation } from "./evaluateRows";
import { count, fixed, percent, power, range } from "./evaluationNumbers";

/** The parts of an evaluation that Markdown, text and page share: tables' lines and sentences. */

/** What the methods know, and what HDBSCAN leaves out. */
export function clusteringText({ identities, hdbscan }: ClusterScores): string {
  return `k-means and the tree are told the number of identities (${count(identities)}), nothing else; HDBSCAN is told that the smallest cluster has ${hdbscan.smallest} images, and leaves ${count(hdbscan.noise)} alone.`;
}

/** The interval of rank 1, and what it is over: resamples without any error have no width, so Wilson's stands there. */
export function rankInterval({ rank1, cmcOverIdentities, interval }: IdentificationResult): string {
  return cmcOverIdentities && rank1 > 0 && rank1 < 1
    ? `${range(cmcOverIdentities[0], percent)} over identities`
    : `${range(interval, percent)}, Wilson`;
}

/** Columns of {@link openRows}. */
export const OPEN_HEAD: readonly string[] = [
  "FAR",
  "DIR",
  "interval",
  "threshold",
  "FAR's interval",
  "strangers that pass",
];

/** The operating points of an open set as lines of a table; intervals are over identities, with fewer than ten Wilson's. */
export function openRows({ points }: OpenSetResult): string[][] {
  return points.map((p) => [
    power(p.askedFar),
    percent(p.dir),
    range(p.dirOverIdentities ?? p.interval, percent),
    fixed(p.threshold),
    range(p.farOverIdentities ?? p.farInterval, percent),
    count(p.falseAlarms),
  ]);
}

/** Columns of {@link pointRows}. */
export const POINTS_HEAD: readonly string[] = [
  "FAR",
  "VAL",
  "interval",
  "threshold",
  "interval",
  "false accepts",
];

/** The operating points over all pairs as lines of a table. */
export function pointRows({ allPairs, intervals }: RowsEvaluation): string[][] {
  return allPairs.points.map((point, i) => [
    power(point.far),
    percent(point.val),
    range(intervals?.points[i].val, percent),
    fixed(point.threshold),
    range(intervals?.points[i].threshold, fixed),
    count(point.falseAccepts),
  ]);
}

/** What the threshold of a saved calibration does here. */
export function calibratedText({
  threshold,
  askedFar,
  val,
  far,
  falseAccepts,
  intervals,
}: CalibratedRates): string {
  const exact = (value: number): string => value.toExponential(2);
  const sure = intervals ? ` (95 % ${range(intervals.val, percent)} and ${range(intervals.far, exact)})` : "";
  return `VAL ${percent(val)}, FAR ${exact(far)}${sure} at the threshold ${fixed(threshold)}, chosen for FAR ${power(askedFar)}; ${count(falseAccepts)} false accepts`;
}
