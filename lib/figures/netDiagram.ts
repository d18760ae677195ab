import type { Figure, Trace } from "./figure";
import { palette } from "./palette";
import { axis, title } from "./theme";

/** A net as a table of layers; `netTable` gives one. */
export interface NetDiagramData {
  readonly name: string;
  /** Height × width × channels of the input. */
  readonly input: readonly number[];
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** In the order of data flow. */
  readonly layers: readonly {
    readonly name: string;
    /** Height × width × channels, or units. */
    readonly output: readonly number[];
    readonly parameters: number;
    readonly multiplyAdds: number;
  }[];
}

/** Width of the box of a layer without weights, in powers of ten. */
const EMPTY_BOX = 0.12;
/** Share of its row that a box fills. */
const BOX_HEIGHT = 0.72;

/**
 * A net as boxes, one row per layer from the input down, with its output shape: to the left as wide as the logarithm of its parameters, to the right of its
 * multiply-adds per image. Layers without weights are narrow grey boxes.
 */
export function netDiagram(net: NetDiagramData): Figure {
  const { layers } = net;
  const height = (i: number): number => layers.length - 1 - i;
  const most = Math.max(1, ...layers.map(({ parameters, multiplyAdds }) => log(parameters, multiplyAdds)));
  const powers = Array.from({ length: Math.floor(most) + 1 }, (_, power) => power);
  const ticks = {
    range: [0, 1.04 * most],
    tickvals: powers.filter((power) => power % 2 === 0),
    ticktext: powers.filter((power) => power % 2 === 0).map((power) => countText(10 ** power)),
  };
  const rows = {
    range: [-0.8, layers.length - 0.2],
    showgrid: false,
    tickvals: layers.map((_, i) => height(i)),
    ticktext: layers.map(({ name, output }) => `${name}  ${output.join("×")}`),
  };
  const total = `${countText(net.parameters)} parameters, ${countText(net.multiplyAdds)} multiply-adds`;
  const boxes = (name: string, key: "parameters" | "multiplyAdds", color: Color, panel: object): Trace => ({
    ...panel,
    ...boxTrace(
      layers.map((layer, i) => ({ width: log(layer[key]), at: height(i) })).filter(hasWidth),
      color,
    ),
    name,
  });
  return {
    data: [
      boxes("parameters", "parameters", palette.same, {}),
      boxes("multiply-adds per image", "multiplyAdds", palette.different, { xaxis: "x2", yaxis: "y2" }),
      {
        ...boxTrace(
          layers
            .map((layer, i) => ({ width: EMPTY_BOX, at: height(i), empty: layer.parameters === 0 }))
            .filter(({ empty }) => empty),
          palette.quiet,
        ),
        name: "without weights",
      },
    ],
    layout: {
      title: title(`${net.name}, input ${net.input.join("×")}: ${total}`),
      height: Math.max(320, 150 + 24 * layers.length),
      xaxis: axis("parameters (logarithmic)", { ...ticks, domain: [0, 0.48] }),
      xaxis2: axis("multiply-adds (logarithmic)", { ...ticks, domain: [0.52, 1], anchor: "y2" }),
      yaxis: axis("layer and its output", rows),
      yaxis2: axis("", { range: rows.range, showgrid: false, showticklabels: false, anchor: "x2" }),
    },
    alt: `Diagram of ${net.name} with ${layers.length} layers: ${total}; most parameters in ${largest(net, "parameters")}, most multiply-adds in ${largest(net, "multiplyAdds")}.`,
  };
}

type Color = string;
interface Box {
  readonly width: number;
  readonly at: number;
}

const hasWidth = ({ width }: Box): boolean => width > 0;

/** Base-10 logarithm of the largest count, 0 for counts up to 1. */
function log(...counts: readonly number[]): number {
  return Math.log10(Math.max(1, ...counts));
}

/** Closed outlines, one after the other, parted by nulls. */
function boxTrace(boxes: readonly Box[], color: Color): Trace {
  const half = BOX_HEIGHT / 2;
  return {
    type: "scatter",
    mode: "lines",
    x: boxes.flatMap(({ width }) => [0, width, width, 0, 0, null]),
    y: boxes.flatMap(({ at }) => [at - half, at - half, at + half, at + half, at - half, null]),
    fill: "toself",
    fillcolor: transparent(color),
    line: { color, width: 1.5 },
    hoverinfo: "skip",
  };
}

/** A colour `#rrggbb` at a third of its strength. */
function transparent(color: Color): string {
  const part = (from: number): number => Number.parseInt(color.slice(from, from + 2), 16);
  return `rgba(${part(1)}, ${part(3)}, ${part(5)}, 0.35)`;
}

/** 1234 → 1.2K; the paper's units. */
function countText(count: number): string {
  for (const [unit, size] of [
    ["B", 1e9],
    ["M", 1e6],
    ["K", 1e3],
  ] as const) {
    if (count < size) continue;
    const value = count / size;
    return `${value.toFixed(value < 10 && count % size !== 0 ? 1 : 0)}${unit}`;
  }
  return String(count);
}

function largest({ layers }: NetDiagramData, key: "parameters" | "multiplyAdds"): string {
  return layers.reduce((best, layer) => (layer[key] > best[key] ? layer : best)).name;
}
