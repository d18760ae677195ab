import assert from "node:assert/strict";
import type { Figure, Trace } from "../../lib/figures/figure";
import type { CurveData } from "../../lib/figures/trainingCurves";

/** Fails unless the figure has a title, a text alternative, and a title on every axis that its traces use. */
export function assertLabelled(figure: Figure): void {
  assert.ok(titleOf(figure.layout).length > 0, "no title");
  assert.match(figure.alt, /^[A-Z].*\.$/s);
  const used = figure.data.flatMap((trace) => [trace.xaxis ?? "x", trace.yaxis ?? "y"].map(String));
  for (const axis of new Set(used)) {
    const name = `${axis[0]}axis${axis.slice(1)}`;
    assert.ok(titleOf(figure.layout[name]).length > 0, `no title on ${name}`);
  }
}

export function titleOf(layoutOrAxis: unknown): string {
  return (layoutOrAxis as { title?: { text?: string } } | undefined)?.title?.text ?? "";
}

export function traceOf(figure: Figure, name: string): Trace {
  const trace = figure.data.find((t) => t.name === name);
  assert.ok(trace, `no trace ${name}`);
  return trace;
}

export function numbersOf(trace: Trace, key: string): number[] {
  return trace[key] as number[];
}

/** A history whose columns all differ: column c of step s is f(s) + c. */
export function curves(
  steps: number,
  evaluations: number,
  f: (step: number) => number = (s) => s,
): CurveData {
  const column = (n: number, add: number): number[] => Array.from({ length: n }, (_, i) => f(i + 1) + add);
  return {
    steps: {
      step: Array.from({ length: steps }, (_, i) => i + 1),
      loss: column(steps, 0),
      activeFraction: column(steps, 0.1),
      meanPositive: column(steps, 0.2),
      meanNegative: column(steps, 0.3),
      hardestPositive: column(steps, 0.4),
      hardestNegative: column(steps, 0.5),
    },
    evaluations: {
      step: Array.from({ length: evaluations }, (_, i) => 10 * (i + 1)),
      accuracy: column(evaluations, 0.6),
      auc: column(evaluations, 0.7),
    },
  };
}
