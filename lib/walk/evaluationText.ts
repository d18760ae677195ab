import type { ClusteringScores } from "../cluster/clusteringScores";
import type { Interval } from "../evaluate/bootstrap";
import type { Slice } from "../evaluate/slices";
import type { ClipEvaluation } from "./clipStage";
import type { RowsEvaluation } from "./evaluateRows";

/** What was evaluated. */
export interface EvaluationFacts {
  readonly name: string;
  readonly rows: number;
  readonly dimensions: number;
  readonly identities: number;
  readonly normalized: boolean;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
const range = (interval: Interval | undefined, text: (value: number) => string): string =>
  interval ? `${text(interval[0])} to ${text(interval[1])}` : "";
const fixed = (value: number): string => value.toFixed(4);
const power = (far: number): string => Number(far.toPrecision(3)).toExponential();

/** The machine's form: `verification` is over all pairs. */
export function evaluationJson(evaluation: RowsEvaluation, clips: readonly ClipEvaluation[] = []): object {
  const { allPairs, intervals, identification, clustering, ...rest } = evaluation;
  const { auc, eer, smallestFar, points, roc } = allPairs;
  const pairs = { same: allPairs.samePairs, different: allPairs.differentPairs };
  const { cmc, ...identified } = identification;
  return {
    verification: { auc, eer, pairs, smallestFar, points, roc, intervals },
    identification: { ...identified, rank5: cmc[4], cmc },
    clustering: clustering && {
      ...clustering,
      kmeans: flatScores(clustering.kmeans),
      agglomerative: flatScores(clustering.agglomerative),
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
  const { allPairs, intervals, holdOut, listed, identification, clustering, slices } = evaluation;
  const count = (n: number): string => n.toLocaleString("en");
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
    ...table(
      ["FAR", "VAL", "interval", "threshold", "interval", "false accepts"],
      allPairs.points.map((point, i) => [
        power(point.far),
        percent(point.val),
        range(intervals?.points[i].val, percent),
        fixed(point.threshold),
        range(intervals?.points[i].threshold, fixed),
        count(point.falseAccepts),
      ]),
    ),
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
    `Rank 1: ${percent(identification.rank1)} (${range(identification.interval, percent)}), rank 5: ${percent(identification.cmc[4])}, of ${count(identification.probes)} probes against ${count(identification.gallery - 1)} others.`,
    "",
    "## Clustering",
    "",
    ...(clustering
      ? [
          `Both methods are told the number of identities (${count(clustering.identities)}), nothing else.`,
          "",
          ...table(
            ["method", "AMI", "BCubed precision", "recall", "F"],
            (
              [
                ["k-means", clustering.kmeans],
                ["agglomerative", clustering.agglomerative],
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
        [
          "value",
          "images",
          "identities",
          "same",
          "different",
          "AUC",
          "all pairs' FAR",
          "VAL here",
          "FAR here",
        ],
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
  { allPairs, intervals, holdOut, listed, identification, slices }: RowsEvaluation,
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
    line("rank-1", `${percent(identification.rank1)} of ${identification.probes} probes`),
    ...slices.flatMap(({ column, slices: of, refused }) => [
      ...(refused === undefined ? [] : [line("slice", `${column}: ${refused}`)]),
      ...of.map(({ value, verification, tooFew }) =>
        line("slice", `${column} ${value}: ${verification ? `AUC ${fixed(verification.auc)}` : tooFew}`),
      ),
    ]),
  ].join("\n");
}

function sliceRows(slice: Slice, fars: readonly number[]): string[][] {
  const { value, images, identities, pairs, verification, tooFew } = slice;
  const counts = [value, images, identities, pairs.same, pairs.different].map(String);
  if (!verification) return [[...counts, tooFew ?? "", "", "", ""]];
  const { auc, smallestFar, atThresholds } = verification;
  return atThresholds.map(({ far, val }, i) => [
    ...(i === 0 ? [...counts, fixed(auc)] : ["", "", "", "", "", ""]),
    power(fars[i]),
    percent(val),
    far < smallestFar ? `below ${smallestFar.toExponential(1)}` : far.toExponential(2),
  ]);
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
