import { markdownText } from "../core/text";
import type { ClipEvaluation } from "./clipStage";
import type { RowsEvaluation } from "./evaluateRows";
import { count, fixed, percent, power, range, SLICE_HEAD, sliceRows } from "./evaluationNumbers";
import {
  calibratedText,
  clusteringText,
  OPEN_HEAD,
  openRows,
  POINTS_HEAD,
  pointRows,
  rankInterval,
} from "./evaluationRows";
import type { EvaluationFacts } from "./evaluationText";

/** The evaluation as Markdown; `figures` are names of files beside it. */
export function evaluationMarkdown(
  facts: EvaluationFacts,
  evaluation: RowsEvaluation,
  clips: readonly ClipEvaluation[] = [],
  figures: readonly { readonly file: string; readonly alt: string }[] = [],
): string {
  const { allPairs, intervals, holdOut, listed, identification, openSet, clustering, slices } = evaluation;
  return [
    `# Evaluation of ${markdownText(facts.name)}`,
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
    ...figures.flatMap(({ file, alt }) => [`![${markdownText(alt)}](<${encodeURI(file)}>)`, ""]),
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
          `## Listed pairs: ${markdownText(listed.name)}`,
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
      `## By ${markdownText(column)}`,
      "",
      ...(refused === undefined ? [] : [`No slices: ${markdownText(refused)}.`, ""]),
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

function clipLine({ frames, accuracy, standardError, pairs, auc }: ClipEvaluation): string[] {
  return [
    `First ${frames} frames: accuracy ${percent(accuracy)} ± ${percent(standardError)}, AUC ${auc.toFixed(6)}, ${pairs} pairs of clips.`,
    "",
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => markdownText(cell)).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line), ""];
}
