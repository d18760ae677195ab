import type { SkippedItem } from "../data/dataset";
import type { AllPairsResult } from "../evaluate/allPairs";
import { LEAST_IDENTITIES } from "../evaluate/bootstrap";
import type { Card } from "../report/reportData";
import { type Trouble, troubleText } from "../train/trouble";

/** What a walk found, as `summary.json`. Accuracies and rates are shares in [0, 1]; distances and thresholds squared L2; times seconds. */
export interface WalkSummary {
  readonly data: {
    readonly name: string;
    readonly identities: number;
    readonly images: number;
    readonly trainIdentities: number;
    readonly trainImages: number;
    readonly testIdentities: number;
    readonly testImages: number;
    /** Files left out when listing, and images that could not be read. */
    readonly skipped: number;
    /** Folders left out when listing; absent, like `leftOut`, in summaries older than this field, whose `skipped` counts them too. */
    readonly skippedFolders?: number;
    /** The first 50 of the files and folders that were left out. */
    readonly leftOut?: readonly SkippedItem[];
  };
  readonly protocol: string;
  readonly alignment: { readonly mode: string; readonly counts: Readonly<Record<string, number>> };
  readonly verification: {
    readonly accuracy: number;
    readonly standardError: number;
    readonly auc: number;
    readonly eer: number;
    readonly pairs: number;
    readonly threshold: number;
  };
  readonly allPairs: AllPairsResult;
  readonly identification: {
    readonly rank1: number;
    readonly interval: readonly [number, number];
    readonly probes: number;
  };
  readonly oneShot?: {
    readonly errorRate: number;
    readonly standardError: number;
    readonly ways: number;
    readonly runs: number;
  };
  readonly effectiveRank: number;
  readonly training: {
    readonly steps: number;
    readonly imagesPerSecond: number;
    readonly seconds: number;
    readonly parameters: number;
    /** What was wrong at the end of the run; absent in summaries older than this field. */
    readonly troubles?: readonly Trouble[];
  };
  readonly seconds: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly model: string;
  readonly runDirectory: string;
}

const percent = (share: number, digits: number = 1): string => `${(100 * share).toFixed(digits)} %`;

/** The key numbers as cards of the report. */
export function summaryCards(summary: WalkSummary): Card[] {
  const { verification: v, allPairs, identification, training, oneShot, seconds } = summary;
  const point = valPoint(allPairs);
  const total = Object.values(seconds).reduce((a, b) => a + b, 0);
  return [
    {
      label: "verification accuracy",
      value: percent(v.accuracy),
      detail: `± ${percent(v.standardError)} standard error, ${count(v.pairs)} pairs`,
    },
    { label: "AUC", value: v.auc.toFixed(4), detail: `equal error rate ${percent(v.eer)}` },
    {
      label: point ? `VAL at FAR ${shortPower(point.far)}` : "VAL",
      value: point ? percent(point.val) : "not measurable",
      detail: `all pairs; smallest measurable FAR ${allPairs.smallestFar.toExponential(1)}`,
    },
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
    {
      label: "training",
      value: `${count(training.imagesPerSecond)} /s`,
      detail: `images a second, ${count(training.steps)} steps in ${(training.seconds / 60).toFixed(1)} min`,
    },
    { label: "whole walk", value: `${(total / 60).toFixed(1)} min`, detail: `seed ${summary.seed}` },
  ];
}

/** FAR 1e-3 as in the paper, or the smallest power of ten that can be measured. */
export function valPoint(allPairs: AllPairsResult): AllPairsResult["points"][number] | undefined {
  return allPairs.points.find((point) => point.far === 1e-3) ?? allPairs.points.at(-1);
}

/** The result for a terminal. */
export function summaryText(summary: WalkSummary): string {
  const { data, verification: v, allPairs, identification, training, oneShot, runDirectory } = summary;
  const point = valPoint(allPairs);
  const rows: [string, string][] = [
    [
      "data",
      `${data.name}: trained on ${count(data.trainImages)} images of ${count(data.trainIdentities)} identities, tested on ${count(data.testImages)} of ${count(data.testIdentities)}`,
    ],
    ["protocol", summary.protocol],
    ["alignment", countsText(summary.alignment.counts)],
    [
      "training",
      `${count(training.steps)} steps, ${count(training.imagesPerSecond)} images/s, ${(training.seconds / 60).toFixed(1)} min`,
    ],
    [
      "accuracy",
      `${percent(v.accuracy, 2)} ± ${percent(v.standardError, 2)} (${count(v.pairs)} pairs), AUC ${v.auc.toFixed(4)}`,
    ],
    [
      "VAL@FAR",
      `${point ? `${percent(point.val)} at ${shortPower(point.far)}` : "not measurable"} (smallest measurable FAR ${allPairs.smallestFar.toExponential(1)})`,
    ],
    ["rank-1", `${percent(identification.rank1)} of ${count(identification.probes)} probes`],
    ...(oneShot
      ? ([
          [
            "one-shot",
            `${oneShot.ways}-way error ${percent(oneShot.errorRate)} ± ${percent(oneShot.standardError)} (${oneShot.runs} official runs)`,
          ],
        ] as [string, string][])
      : []),
    ...(data.testIdentities < LEAST_IDENTITIES
      ? ([
          [
            "careful",
            `only ${data.testIdentities} identities are tested: such numbers say little about others`,
          ],
        ] as [string, string][])
      : []),
    ...(training.troubles ?? []).map((trouble): [string, string] => ["careful", troubleText(trouble)]),
    ["report", `${runDirectory}/report.html`],
    ["look", `npx facenet-lab explore ${runDirectory}`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)} ${value}`).join("\n");
}

export function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${count(n)} ${name}`)
    .join(", ");
}

function count(n: number): string {
  return Math.round(n).toLocaleString("en");
}

function shortPower(far: number): string {
  return far.toExponential(0);
}
