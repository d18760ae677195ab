import type { ClusteringScores } from "../cluster/clusteringScores";
import type { ClusterScores } from "../cluster/clusterScores";
import type { IdentificationResult } from "../evaluate/identification";
import type { OpenSetResult } from "../evaluate/openSet";
import type { ClipEvaluation } from "./clipStage";
import type { CalibratedRates, RowsEvaluation } from "./evaluateRows";
import { count, fixed, percent, power, range, SLICE_HEAD, sliceRows } from "./evaluationNumbers";

/** What was evaluated. */
export interface EvaluationFacts {
  readonly name: string;
  readonly rows: number;
  readonly dimensions: number;
  readonly identities: number;
  readonly normalized: boolean;
}

/** The machine's form: `verification` is over all pairs; the curve of the open set is left to `identify`. */
export function evaluationJson(evaluation: RowsEvaluation, clips: readonly ClipEvaluation[] = []): object {
  const { allPairs, intervals, identification, openSet, clustering, ...rest } = evaluation;
  const { auc, eer, smallestFar, points, roc } = allPairs;
  const pairs = { same: allPairs.samePairs, different: allPairs.differentPairs };
  const { cmc, ...identified } = identification;
  return {
    verification: { auc, eer, pairs, smallestFar, points, roc, intervals },
    identification: { ...identified, rank5: cmc[4], cmc },
    openSet: openSet && { ...openSet, open: { ...openSet.open, curve: undefined } },
    clustering: clustering && {
      ...clustering,
      kmeans: flatScores(clustering.kmeans),
      agglomerative: flatScores(clustering.agglomerative),
      hdbscan: flatScores(clustering.hdbscan),
    },
    ...rest,
    ...(clips.length > 0 && { clips }),
  };
}

/** `bcubed` and `pairwise` are F scores, their precision and recall beside them. */
function flatScores<Scores extends ClusteringScores>({ bcubed, pairwise, ...rest }: Scores): object {
  return {
    ...rest,
    bcubed: bcubed.f,
    bcubedPrecision: bcubed.precision,
    bcubedRecall: bcubed.recall,
    pairwise: pairwise.f,
    pairwisePrecision: pairwise.precision,
    pairwiseRecall: pairwise.recall,
  };
}

/** The evaluation as Markdown; `figures` are names of files beside it. */
export function evaluationMarkdown(
  facts: EvaluationFacts,
  evaluation: RowsEvaluation,
  clips: readonly ClipEvaluation[] = [],
  figures: readonly { readonly file: string; readonly alt: string }[] = [],
): string {
  const { allPairs, intervals, holdOut, listed, identification, openSet, clustering, slices } = evaluation;
  return [
    `# Evaluation of ${facts.name}`,
    "",
    `${count(facts.rows)} embeddings of ${count(facts.identities)} identities, ${facts.dimensions} dimensions, distances are squared L2${facts.normalized ? " on the unit sphere" : ""}.`,
    "",
    "## Verification over all pairs",
    "",
    `${count(allPairs.samePairs)} same and ${count(allPairs.differentPairs)} different pairs; AUC ${allPairs.auc.toFixed(6)}${intervals ? ` (${range(intervals.auc, (v) => v.toFixed(6))})` : ""}, equal error rate ${percent(allPairs.eer)}. A FAR below ${allPairs.smallestFar.toExponential(2)} cannot be measured.`,
    intervals
      ? `Intervals: 95 % over ${intervals.resamples} resamples of ${count(intervals.identities)} identities.`
      : "No intervals: ten identities are needed.",
    "",
    ...table(POINTS_HEAD, pointRows(evaluation)),
    ...(evaluation.calibrated ? [calibratedText(evaluation.calibrated), ""] : []),
    ...figures.flatMap(({ file, alt }) => [`![${alt}](${file})`, ""]),
    ...(holdOut
      ? [
          `## Hold-out: ${holdOut.splits.length} disjoint sets of identities`,
          "",
          ...table(
            ["FAR", "VAL", "standard error"],
            holdOut.points.map((p) => [power(p.far), percent(p.val), percent(p.standardError)]),
          ),
        ]
      : []),
    ...(listed
      ? [
          `## Listed pairs: ${listed.name}`,
          "",
          `Accuracy ${percent(listed.accuracy)} ± ${percent(listed.standardError)} (standard error over ${listed.perFold.length} folds)${listed.accuracyInterval ? `, ${range(listed.accuracyInterval, percent)} over identities` : ""}; ${count(listed.pairs)} pairs, AUC ${listed.auc.toFixed(6)}, best threshold ${fixed(listed.threshold)}.`,
          "",
        ]
      : []),
    ...(clips.length > 0 ? ["## Clips", "", ...clips.flatMap(clipLine)] : []),
    "## Identification",
    "",
    `Rank 1: ${percent(identification.rank1)} (${rankInterval(identification)}), rank 5: ${percent(identification.cmc[4])}, of ${count(identification.probes)} probes against ${count(identification.gallery - 1)} others.`,
    "",
    ...(openSet
      ? [
          `Open set: ${count(openSet.galleryImages)} enrolled images, ${count(openSet.open.known)} known probes (closed set, rank 1: ${percent(openSet.closed.rank1)}), ${count(openSet.open.strangers)} images of strangers.`,
          "",
          ...table(OPEN_HEAD, openRows(openSet.open)),
        ]
      : []),
    "## Clustering",
    "",
    ...(clustering
      ? [
          clusteringText(clustering),
          "",
          ...table(
            ["method", "AMI", "BCubed precision", "recall", "F"],
            (
              [
                ["k-means", clustering.kmeans],
                ["agglomerative", clustering.agglomerative],
                ["HDBSCAN", clustering.hdbscan],
              ] as const
            ).map(([name, scores]) => [
              name,
              fixed(scores.ami),
              percent(scores.bcubed.precision),
              percent(scores.bcubed.recall),
              percent(scores.bcubed.f),
            ]),
          ),
        ]
      : [`Left out: ${count(facts.rows)} rows are many; "facenet-lab cluster" does it.`, ""]),
    ...slices.flatMap(({ column, slices: of, without, refused }) => [
      `## By ${column}`,
      "",
      ...(refused === undefined ? [] : [`No slices: ${refused}.`, ""]),
      `Pairs of which both images have the value. "FAR here" is at the threshold of all pairs.${without > 0 ? ` ${count(without)} images have none.` : ""}`,
      "",
      ...table(
        SLICE_HEAD,
        of.flatMap((slice) =>
          sliceRows(
            slice,
            allPairs.points.map((point) => point.far),
          ),
        ),
      ),
    ]),
  ].join("\n");
}

/** The evaluation in a few lines for a terminal. */
export function evaluationText(
  { name, normalized }: EvaluationFacts,
  { allPairs, intervals, calibrated, holdOut, listed, identification, openSet, slices }: RowsEvaluation,
  clips: readonly ClipEvaluation[] = [],
): string {
  const line = (label: string, text: string): string => `${label.padEnd(10)} ${text}`;
  return [
    line("rows", `${name}${normalized ? ", projected to the sphere" : ""}`),
    line(
      "all pairs",
      `AUC ${allPairs.auc.toFixed(4)}, equal error rate ${percent(allPairs.eer)} (${allPairs.samePairs} same, ${allPairs.differentPairs} different; distances are squared L2)`,
    ),
    ...allPairs.points.map((p, i) =>
      line(
        "VAL",
        `${percent(p.val)} at FAR ${power(p.far)}${intervals ? `, 95 % ${range(intervals.points[i].val, percent)}` : ""} (threshold ${p.threshold.toFixed(3)})`,
      ),
    ),
    line("", `smallest measurable FAR ${allPairs.smallestFar.toExponential(2)}`),
    ...(calibrated ? [line("calibrated", calibratedText(calibrated))] : []),
    ...(holdOut?.points ?? []).map((p) =>
      line("hold-out", `${percent(p.val)} ± ${percent(p.standardError)} at FAR ${power(p.far)}`),
    ),
    ...(listed
      ? [
          line(
            "accuracy",
            `${percent(listed.accuracy)} ± ${percent(listed.standardError)} (${listed.pairs} pairs), AUC ${listed.auc.toFixed(4)}, threshold ${listed.threshold.toFixed(3)}`,
          ),
        ]
      : []),
    ...clips.map((clip) =>
      line("clips", `${percent(clip.accuracy)} ± ${percent(clip.standardError)} by ${clip.frames} frames`),
    ),
    line(
      "rank-1",
      `${percent(identification.rank1)} of ${identification.probes} probes, 95 % ${rankInterval(identification)}`,
    ),
    ...(openSet?.open.points ?? []).map((p) =>
      line(
        "open set",
        `DIR ${percent(p.dir)} at FAR ${power(p.askedFar)}, 95 % ${range(p.dirOverIdentities ?? p.interval, percent)}`,
      ),
    ),
    ...slices.flatMap(({ column, slices: of, refused }) => [
      ...(refused === undefined ? [] : [line("slice", `${column}: ${refused}`)]),
      ...of.map(({ value, verification, tooFew }) =>
        line("slice", `${column} ${value}: ${verification ? `AUC ${fixed(verification.auc)}` : tooFew}`),
      ),
    ]),
  ].join("\n");
}

/** What the methods know, and what HDBSCAN leaves out. */
export function clusteringText({ identities, hdbscan }: ClusterScores): string {
  return `k-means and the tree are told the number of identities (${count(identities)}), nothing else; HDBSCAN is told that the smallest cluster has ${hdbscan.smallest} images, and leaves ${count(hdbscan.noise)} alone.`;
}

/** The interval of rank 1, and what it is over. */
export function rankInterval({ cmcOverIdentities, interval }: IdentificationResult): string {
  return cmcOverIdentities
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

function clipLine({ frames, accuracy, standardError, pairs, auc }: ClipEvaluation): string[] {
  return [
    `First ${frames} frames: accuracy ${percent(accuracy)} ± ${percent(standardError)}, AUC ${auc.toFixed(6)}, ${pairs} pairs of clips.`,
    "",
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line), ""];
}
