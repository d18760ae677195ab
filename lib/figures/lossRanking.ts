import type { Figure, Trace } from "./figure";
import { palette } from "./palette";
import { fixed } from "./text";
import { axis, title } from "./theme";

/** One loss: mean and standard error of a score over seeds, and the score of each seed. */
export interface RankedLoss {
  readonly name: string;
  readonly mean: number;
  /** NaN where there is one seed only. */
  readonly standardError: number;
  readonly seeds: readonly number[];
}

export interface LossRankingData {
  readonly title: string;
  /** What was scored, for example "AUC on held-out pairs". */
  readonly score: string;
  /** From top to bottom. */
  readonly losses: readonly RankedLoss[];
  /** Title of the axis of names; default "loss". */
  readonly what?: string;
}

/** Losses from top to bottom, a score to the right: every seed as a quiet dot, the mean with ± two standard errors over it. */
export function lossRanking({ title: text, score, losses, what = "loss" }: LossRankingData): Figure {
  const places = losses.map((_, i) => losses.length - 1 - i);
  const dots = (x: readonly number[], y: readonly number[], name: string, marker: object): Trace => ({
    type: "scatter",
    mode: "markers",
    name,
    x: [...x],
    y: [...y],
    marker,
    hovertemplate: `${score} %{x:.4f}<extra></extra>`,
  });
  const seeds = losses.flatMap((loss, i) => loss.seeds.map((x) => ({ x, y: places[i] })));
  const bars = losses.flatMap(({ mean, standardError }, i) =>
    Number.isFinite(standardError)
      ? [{ from: mean - 2 * standardError, to: mean + 2 * standardError, y: places[i] }]
      : [],
  );
  return {
    data: [
      {
        type: "scatter",
        mode: "lines",
        name: "± two standard errors",
        x: bars.flatMap(({ from, to }) => [from, to, null]),
        y: bars.flatMap(({ y }) => [y, y, null]),
        line: { color: palette.same, width: 3 },
        hoverinfo: "skip",
      },
      dots(
        seeds.map(({ x }) => x),
        seeds.map(({ y }) => y),
        "one seed",
        { color: palette.quiet, size: 6 },
      ),
      dots(
        losses.map(({ mean }) => mean),
        places,
        "mean",
        { color: palette.same, size: 9, symbol: "diamond" },
      ),
    ],
    layout: {
      title: title(text),
      height: 150 + 28 * losses.length,
      xaxis: axis(score),
      yaxis: axis(what, {
        range: [-0.7, losses.length - 0.3],
        tickvals: [...places],
        ticktext: losses.map(({ name }) => name),
      }),
      legend: { orientation: "h", y: -0.12, x: 0 },
    },
    alt: `${text}: ${losses.map(({ name, mean }) => `${name} ${fixed(mean, 3)}`).join(", ")}.`,
  };
}
