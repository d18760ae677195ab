import { markdownTable } from "../core/text";
import type { SweepKind } from "./kinds";
import type { SweepPoint } from "./points";
import type { Estimate } from "./score";

/** What stands above the table. */
export interface SweepFacts {
  readonly command: string;
  readonly protocol: string;
  /** The model, or the net that was trained. */
  readonly subject: string;
}

/** The table of a sweep, the paper's own column beside ours where it has the same value, and its other values below. */
export function sweepMarkdown(kind: SweepKind, points: readonly SweepPoint[], facts: SweepFacts): string {
  const columns = [...new Set(points.flatMap((point) => Object.keys(point.facts)))];
  const paper = new Map(kind.paper.map((point) => [point.value, point]));
  const beside = points.some(({ value }) => paper.has(value));
  const head = [
    kind.axis,
    ...columns,
    "accuracy",
    "AUC",
    "VAL at FAR 1e-3",
    ...(beside ? ["paper: VAL at FAR 1e-3"] : []),
  ];
  const rows = points.map(({ value, score, facts: extra }) => {
    const theirs = paper.get(value);
    return [
      String(value),
      ...columns.map((name) => (extra[name] === undefined ? "" : figures(extra[name]))),
      percent(score.accuracy),
      score.auc.toFixed(4),
      score.val ? percent(score.val) : "not measurable",
      ...(beside ? [theirs ? percentOf(theirs) : ""] : []),
    ];
  });
  const left = kind.paper.filter(({ value }) => !points.some((point) => point.value === value));
  const others = left.map((point) => `${point.value}: ${percentOf(point)}`).join(", ");
  return [
    `## ${kind.title}`,
    "",
    `\`${facts.command}\`. ${facts.protocol}; ${facts.subject}.`,
    "",
    ...markdownTable(head, rows),
    "",
    `Accuracy: mean ± standard error over the folds; VAL: over five identity-disjoint sets. ${kind.note}`,
    ...(others ? [`The paper's other values: ${others}.`] : []),
    "",
  ].join("\n");
}

function percent({ mean, standardError }: Estimate): string {
  return percentOf({ val: mean, standardError });
}

function percentOf({ val, standardError }: { val: number; standardError?: number }): string {
  const error = standardError === undefined ? "" : ` ± ${(100 * standardError).toFixed(1)}`;
  return `${(100 * val).toFixed(1)}${error} %`;
}

/** Whole numbers as they are, others with two digits that count. */
function figures(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString("en") : value.toPrecision(2);
}
