import type { Figure, Trace } from "./figure";
import { palette } from "./palette";
import { axis, title } from "./theme";

/** Triplets as indices into a batch. */
export interface MicroscopeTriplets {
  readonly count: number;
  readonly anchor: ArrayLike<number>;
  readonly positive: ArrayLike<number>;
  readonly negative: ArrayLike<number>;
}

/** One anchor of a batch, and what every rule chose for it. */
export interface MicroscopeData {
  /** Row of the anchor. */
  readonly anchor: number;
  /** Squared L2 from the anchor to every row of the batch, and the rows' identities. */
  readonly distances: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
  /** Margin α on squared L2. */
  readonly margin: number;
  /** Triplets of the whole batch by the name of the rule; those of other anchors are left out. */
  readonly rules: Readonly<Record<string, MicroscopeTriplets>>;
}

/**
 * One anchor under the microscope: all others of its batch on a line of squared L2, and above it a line for each rule. A chosen triplet is a bar from its
 * positive to its negative over the band [D(a, p), D(a, p) + α]: a negative in the band is semi-hard, left of the positive hard, right of it easy.
 */
export function miningMicroscope({ anchor, distances, labels, margin, rules }: MicroscopeData): Figure {
  const names = Object.keys(rules);
  const others = Array.from({ length: labels.length }, (_, row) => row).filter((row) => row !== anchor);
  const same = others.filter((row) => labels[row] === labels[anchor]);
  const different = others.filter((row) => labels[row] !== labels[anchor]);
  const at = (row: number): number => distances[row];
  const chosen = names.map((name, i) => ofAnchor(rules[name], anchor, i + 1));
  const all = chosen.flat();
  const gaps = (ends: (t: Chosen) => [number, number]): Pick<Trace, "x" | "y"> => ({
    x: all.flatMap((t): (number | null)[] => [...ends(t), null]),
    y: all.flatMap((t): (number | null)[] => [t.height, t.height, null]),
  });
  const dots = (
    name: string,
    rows: readonly number[],
    heights: readonly number[],
    color: string,
    symbol: string,
    size: number,
  ): Trace => ({
    type: "scatter",
    mode: "markers",
    name,
    x: rows.map(at),
    y: heights,
    marker: { color, symbol, size, opacity: 0.9 },
    hovertemplate: "%{x:.3f}<extra></extra>",
  });
  const lines = (
    name: string,
    ends: (t: Chosen) => [number, number],
    color: string,
    width: number,
  ): Trace => ({
    type: "scatter",
    mode: "lines",
    name,
    ...gaps(ends),
    line: { color, width },
    hoverinfo: "skip",
  });
  const flat = (rows: readonly number[]): number[] => rows.map(() => 0);
  const most = Math.max(0.1, ...others.map(at));
  return {
    data: [
      lines(`band of the margin ${margin}`, (t) => [at(t.positive), at(t.positive) + margin], BAND, 11),
      lines("from positive to negative", (t) => [at(t.positive), at(t.negative)], palette.quiet, 2),
      dots(
        "negatives",
        [...different, ...all.map((t) => t.negative)],
        [...flat(different), ...all.map((t) => t.height)],
        palette.different,
        "diamond",
        8,
      ),
      dots(
        "positives",
        [...same, ...all.map((t) => t.positive)],
        [...flat(same), ...all.map((t) => t.height)],
        palette.same,
        "circle",
        8,
      ),
    ],
    layout: {
      title: title("One anchor: what each mining rule chooses"),
      height: 120 + 62 * (names.length + 1),
      xaxis: axis("squared L2 from the anchor", {
        range: [0, 1.04 * Math.max(most, ...all.map((t) => at(t.positive) + margin))],
      }),
      yaxis: axis("", {
        range: [-0.6, names.length + 0.6],
        tickvals: [0, ...names.map((_, i) => i + 1)],
        ticktext: ["the batch", ...names],
      }),
      legend: { orientation: "h", y: -0.16, x: 0 },
    },
    alt: `An anchor with ${same.length} positives and ${different.length} negatives. ${names.map((name, i) => `${name} chooses ${chosen[i].length} triplets`).join(", ")}.`,
  };
}

/** Reads on white and on near-black. */
const BAND = "rgba(0, 158, 115, 0.35)";

interface Chosen {
  readonly positive: number;
  readonly negative: number;
  readonly height: number;
}

/** The anchor's triplets, spread around the height of their line so that each can be seen. */
function ofAnchor(triplets: MicroscopeTriplets, anchor: number, line: number): Chosen[] {
  const own = Array.from({ length: triplets.count }, (_, t) => t).filter(
    (t) => triplets.anchor[t] === anchor,
  );
  const step = Math.min(0.24, 0.72 / Math.max(1, own.length));
  return own.map((t, i) => ({
    positive: triplets.positive[t],
    negative: triplets.negative[t],
    height: line + (i - (own.length - 1) / 2) * step,
  }));
}
