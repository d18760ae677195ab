import type { ClipEvaluation } from "./clipStage";
import type { RowsEvaluation } from "./evaluateRows";
import { fixed, percent, power, range } from "./evaluationNumbers";
import { calibratedText, rankInterval } from "./evaluationRows";

/** What was evaluated. */
export interface EvaluationFacts {
  readonly name: string;
  readonly rows: number;
  readonly dimensions: number;
  readonly identities: number;
  readonly normalized: boolean;
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
