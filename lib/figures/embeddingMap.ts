import { grouped } from "../core/groups";
import type { Figure, Trace } from "./figure";
import { palette, symbols } from "./palette";
import { plotlyName } from "./text";
import { axis, title } from "./theme";

export interface MapPair {
  readonly first: number;
  readonly second: number;
  readonly distance: number;
}

export interface EmbeddingMapData {
  /** N×2 positions, row-major. */
  readonly positions: Float32Array;
  readonly labels: ArrayLike<number>;
  readonly identities: readonly string[];
  /** Pairs of rows drawn as edges. */
  readonly hardPositives?: readonly MapPair[];
  readonly hardNegatives?: readonly MapPair[];
  /** The projection: the axes are called `name` 1 and 2. */
  readonly name: string;
  /** What the points are, in the singular; default "test image". */
  readonly images?: string;
  /** Added to the title, for example how much of the variance is on the axes. */
  readonly note?: string;
}

/** Identities drawn in colour and shape; all others are grey. */
const HIGHLIGHTED = 8;

/**
 * A map of the embeddings: every point one image. The identities with most images have a colour and a shape of their own, hard pairs are edges
 * (blue, solid: one identity lying apart; orange, dotted: two identities lying together). `customdata` is the row, for thumbnails on hover.
 */
export function embeddingMap(data: EmbeddingMapData): Figure {
  const { positions, labels, identities, name, note, images = "test image" } = data;
  const byLabel = grouped(Array(labels.length).keys(), (i) => labels[i]);
  const largest = [...byLabel.keys()]
    .sort((a, b) => (byLabel.get(b) as number[]).length - (byLabel.get(a) as number[]).length || a - b)
    .slice(0, HIGHLIGHTED);
  const rest = Array.from({ length: labels.length }, (_, i) => i).filter((i) => !largest.includes(labels[i]));
  const points = (rows: readonly number[], trace: object): Trace => ({
    type: "scatter",
    mode: "markers",
    x: rows.map((i) => positions[2 * i]),
    y: rows.map((i) => positions[2 * i + 1]),
    customdata: [...rows],
    hoverinfo: "none",
    showlegend: rows.length > 0,
    ...trace,
  });
  const hidden = { showticklabels: false, ticks: "", showgrid: false };
  return {
    data: [
      edges(data, data.hardPositives ?? [], "hard positives", { color: palette.same, width: 1.5 }),
      edges(data, data.hardNegatives ?? [], "hard negatives", {
        color: palette.different,
        width: 1.5,
        dash: "dot",
      }),
      points(rest, { name: "other identities", marker: { size: 6, color: palette.quiet, opacity: 0.55 } }),
      ...largest.map((label, k) =>
        points(byLabel.get(label) as number[], {
          name: plotlyName(identities[label]),
          marker: { size: 8, color: palette.identities[k], symbol: symbols[k] },
        }),
      ),
    ],
    layout: {
      title: title(
        `${name} of ${count(labels.length, images)} of ${count(byLabel.size, "identity", "identities")}${note ? `, ${note}` : ""}`,
      ),
      height: 640,
      hovermode: "closest",
      xaxis: axis(`${name} 1 (no unit)`, hidden),
      yaxis: axis(`${name} 2 (no unit)`, hidden),
      legend: { orientation: "h", y: -0.08, x: 0 },
    },
    alt: `${name} map of ${count(labels.length, "image")} of ${count(byLabel.size, "identity", "identities")}${note ? ` (${note})` : ""} with ${data.hardPositives?.length ?? 0} hard positive and ${data.hardNegatives?.length ?? 0} hard negative pairs as edges.`,
  };
}

function edges(
  { positions }: EmbeddingMapData,
  pairs: readonly MapPair[],
  name: string,
  line: object,
): Trace {
  const at = (axisIndex: number): (number | null)[] =>
    pairs.flatMap(({ first, second }) => [
      positions[2 * first + axisIndex],
      positions[2 * second + axisIndex],
      null,
    ]);
  return {
    type: "scatter",
    mode: "lines",
    name,
    x: at(0),
    y: at(1),
    line,
    hoverinfo: "skip",
    showlegend: pairs.length > 0,
  };
}

function count(n: number, one: string, many: string = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
