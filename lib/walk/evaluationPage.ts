import type { OneShotResult } from "../evaluate/oneShot";
import type { SlicedColumn } from "../evaluate/slices";
import { closedOpenFigure } from "../figures/closedOpenFigure";
import { cmcFigure } from "../figures/cmcFigure";
import { dirFigure } from "../figures/dirFigure";
import { distanceHistogram } from "../figures/distanceHistogram";
import { reliabilityFigure } from "../figures/reliabilityFigure";
import { rocFigure } from "../figures/rocFigure";
import { slicesFigure } from "../figures/slicesFigure";
import type { Card } from "../report/reportData";
import type { PagePair, PagePart, PageSection, SectionPage } from "../report/sectionPage";
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
import { valPoint } from "./summary";

/** All that the page of an evaluation shows. */
export interface EvaluationPageData {
  readonly facts: EvaluationFacts;
  readonly evaluation: RowsEvaluation;
  /** Squared L2 of the listed pairs; left out where there are none. */
  readonly distances?: Float32Array;
  readonly same?: ArrayLike<number>;
  readonly clips?: readonly ClipEvaluation[];
  readonly oneShot?: OneShotResult;
  readonly hardest: { readonly positives: readonly PagePair[]; readonly negatives: readonly PagePair[] };
  readonly command: string;
}

/** Every number and figure of an evaluation as sections of a page. */
export function evaluationPage(data: EvaluationPageData): SectionPage {
  const { facts, evaluation, hardest } = data;
  const hard: PagePart[] = [
    { heading: "Hardest positives: one identity, far apart (at most two pairs of an identity)" },
    { pairs: hardest.positives },
    { heading: "Hardest negatives: two identities, close together (at most two pairs of an identity)" },
    { pairs: hardest.negatives },
  ];
  const sections: PageSection[] = [
    { id: "verification", title: "Verification", parts: verificationParts(data) },
    { id: "identification", title: "Identification", parts: identificationParts(evaluation) },
    { id: "probability", title: "Probability", parts: probabilityParts(evaluation) },
    { id: "clustering", title: "Clustering", parts: clusteringParts(evaluation) },
    ...(evaluation.slices.length > 0
      ? [
          {
            id: "slices",
            title: "Slices",
            parts: evaluation.slices.flatMap((s) => sliceParts(s, evaluation)),
          },
        ]
      : []),
    { id: "hard", title: "Hard cases", parts: hard },
  ];
  return {
    title: "Evaluation of embeddings",
    subtitle: `${facts.name}: ${count(facts.rows)} embeddings of ${count(facts.identities)} identities, ${facts.dimensions} dimensions. Distances are squared L2${facts.normalized ? " on the unit sphere" : ""}.`,
    cards: cardsOf(data),
    sections,
    command: data.command,
  };
}

function cardsOf({ evaluation, oneShot }: EvaluationPageData): Card[] {
  const { allPairs, intervals, listed, identification, effectiveRank } = evaluation;
  const point = valPoint(allPairs);
  const interval = point && intervals?.points[allPairs.points.indexOf(point)].val;
  return [
    { label: "AUC", value: fixed(allPairs.auc), detail: `equal error rate ${percent(allPairs.eer)}` },
    {
      label: point ? `VAL at FAR ${power(point.far)}` : "VAL",
      value: point ? percent(point.val) : "not measurable",
      detail: range(interval, percent) || `smallest measurable FAR ${allPairs.smallestFar.toExponential(1)}`,
    },
    ...(listed
      ? [
          {
            label: "accuracy on pairs",
            value: percent(listed.accuracy),
            detail: `± ${percent(listed.standardError)} standard error, ${count(listed.pairs)} pairs`,
          },
        ]
      : []),
    {
      label: "rank-1 identification",
      value: percent(identification.rank1),
      detail: `${count(identification.probes)} probes, each against all others`,
    },
    ...(oneShot
      ? [
          {
            label: `${oneShot.ways}-way one-shot error`,
            value: percent(oneShot.errorRate),
            detail: `± ${percent(oneShot.standardError)}, ${oneShot.runs} official runs`,
          },
        ]
      : []),
    { label: "effective rank", value: effectiveRank.toFixed(1), detail: "near 1 means collapse" },
  ];
}

function verificationParts({ evaluation, distances, same, clips = [] }: EvaluationPageData): PagePart[] {
  const { allPairs, intervals, holdOut, listed, calibrated } = evaluation;
  const { auc, roc, points } = allPairs;
  const histogram = listed && distances && same ? [distanceHistogram(distances, same, listed.threshold)] : [];
  return [
    {
      text: `Two images count as one identity when their squared L2 lies below a threshold. Curve and table count all ${count(allPairs.samePairs)} same and ${count(allPairs.differentPairs)} different pairs; a FAR below ${allPairs.smallestFar.toExponential(2)} cannot be measured.${intervals ? ` Intervals: 95 % over ${intervals.resamples} resamples of ${count(intervals.identities)} identities; AUC ${range(intervals.auc, fixed)}.` : " No intervals: ten identities are needed."}`,
    },
    { figures: [rocFigure({ points: roc, auc, operating: points, name: "every FAR" }), ...histogram] },
    ...(histogram.length > 0 ? [] : [{ text: "No histogram: ten same and ten different pairs are needed." }]),
    { head: POINTS_HEAD, rows: pointRows(evaluation), numbers: [1, 3, 5] },
    ...(calibrated ? [{ heading: "At a saved calibration" }, { text: calibratedText(calibrated) }] : []),
    ...(holdOut
      ? [
          { heading: `Hold-out: ${holdOut.splits.length} disjoint sets of identities` },
          { text: "Each set is judged with the threshold that has the FAR on the others." },
          {
            head: ["FAR", "VAL", "standard error"],
            rows: holdOut.points.map((p) => [power(p.far), percent(p.val), percent(p.standardError)]),
            numbers: [1, 2],
          },
        ]
      : []),
    ...(listed
      ? [
          { heading: `Listed pairs: ${listed.name}` },
          {
            text: `Accuracy ${percent(listed.accuracy)} ± ${percent(listed.standardError)} (standard error over ${listed.perFold.length} folds, each judged with the best threshold of the others)${listed.accuracyInterval ? `, ${range(listed.accuracyInterval, percent)} over identities` : ""}; ${count(listed.pairs)} pairs, AUC ${fixed(listed.auc)}. The histogram shows these pairs, its line their best threshold, ${fixed(listed.threshold)}.`,
          },
        ]
      : []),
    ...clips.map((clip) => ({
      text: `Clips by their first ${clip.frames} frames: accuracy ${percent(clip.accuracy)} ± ${percent(clip.standardError)}, AUC ${fixed(clip.auc)}, ${count(clip.pairs)} pairs of clips.`,
    })),
  ];
}

function identificationParts({ identification, openSet }: RowsEvaluation): PagePart[] {
  const { cmc, cmcOverIdentities, cmcIntervals } = identification;
  const intervals = cmcOverIdentities ?? cmcIntervals;
  const alone = { name: "leave one out", cmc, intervals };
  const text = `Leave one out: each of ${count(identification.probes)} probes is looked up among ${count(identification.gallery - 1)} others. Rank 1 ${percent(identification.rank1)} (${rankInterval(identification)}), rank 5 ${percent(cmc[4])}.`;
  if (!openSet) {
    return [
      { text: `${text} No open set: two identities with two images are needed.` },
      { figures: [cmcFigure([alone])] },
    ];
  }
  const { closed, open } = openSet;
  const ranks = {
    name: "gallery and probes",
    cmc: closed.cmc,
    intervals: closed.cmcOverIdentities ?? closed.cmcIntervals,
  };
  return [
    { text },
    {
      text: `With ${count(openSet.galleryImages)} enrolled images, ${count(open.known)} other images of the same people and ${count(open.strangers)} images of strangers: a FAR below ${open.smallestFar.toExponential(2)} cannot be measured. DIR is the share of known probes that are recognised, as themselves. Intervals are 95 % over identities, with fewer than ten of them Wilson's over images.`,
    },
    { figures: [cmcFigure([ranks, alone]), dirFigure({ ...open, closed: closed.rank1 })] },
    {
      figures: [
        closedOpenFigure(
          {
            name: "closed set",
            rate: closed.rank1,
            interval: closed.cmcOverIdentities?.[0] ?? closed.interval,
          },
          open.points.map((p) => ({
            name: `FAR ${p.askedFar}`,
            rate: p.dir,
            interval: p.dirOverIdentities ?? p.interval,
          })),
        ),
      ],
    },
    {
      head: OPEN_HEAD,
      rows: openRows(open),
      numbers: [1, 3, 5],
    },
  ];
}

function probabilityParts({ listed }: RowsEvaluation): PagePart[] {
  if (!listed?.reliability) {
    return [{ text: "No probabilities: listed pairs of both kinds are needed outside of each fold." }];
  }
  return [
    {
      text: `Each fold of the ${count(listed.pairs)} listed pairs gets its probabilities of "the same" from a Platt fit on the other folds. Their share of same pairs is that of the list, not that of your door.`,
    },
    { figures: [reliabilityFigure(listed.reliability)] },
  ];
}

function clusteringParts({ clustering }: RowsEvaluation): PagePart[] {
  if (!clustering) return [{ text: 'Left out: too many rows; "facenet-lab cluster" does it.' }];
  const { kmeans, agglomerative, hdbscan } = clustering;
  return [
    { text: clusteringText(clustering) },
    {
      head: ["method", "AMI", "NMI", "ARI", "BCubed precision", "recall", "F", "pairwise F"],
      rows: (
        [
          ["k-means", kmeans],
          ["agglomerative", agglomerative],
          ["HDBSCAN", hdbscan],
        ] as const
      ).map(([name, scores]) => [
        name,
        ...[scores.ami, scores.nmi, scores.ari].map(fixed),
        ...[scores.bcubed.precision, scores.bcubed.recall, scores.bcubed.f, scores.pairwise.f].map(percent),
      ]),
      numbers: [1, 2, 3, 4, 5, 6, 7],
    },
  ];
}

/** What is too small to be measured is said, and in neither figure nor table. */
function sliceParts(
  { column, slices, without, refused }: SlicedColumn,
  { allPairs }: RowsEvaluation,
): PagePart[] {
  if (refused !== undefined) return [{ heading: `By ${column}` }, { text: `No slices: ${refused}.` }];
  const all = valPoint(allPairs);
  const fars = allPairs.points.map((point) => point.far);
  const measured = slices.filter((slice) => slice.verification);
  const few = slices.filter((slice) => !slice.verification).map(({ value, tooFew }) => `${value}: ${tooFew}`);
  const rates = measured.flatMap(({ value: name, verification: v }) =>
    v && all ? [{ name, smallestFar: v.smallestFar, ...v.atThresholds[allPairs.points.indexOf(all)] }] : [],
  );
  return [
    { heading: `By ${column}` },
    {
      text: `Pairs of which both images have the value, at the thresholds of all pairs: where FARs differ, one threshold for everybody is not one rule for everybody.${without > 0 ? ` ${count(without)} images have no value.` : ""}`,
    },
    ...few.map((text) => ({ text })),
    ...(all && rates.length > 0 ? [{ figures: [slicesFigure(column, rates, all)] }] : []),
    ...(measured.length > 0
      ? [
          {
            head: SLICE_HEAD,
            rows: measured.flatMap((slice) => sliceRows(slice, fars)),
            numbers: [1, 2, 3, 4, 5, 7, 8],
          },
        ]
      : []),
  ];
}
