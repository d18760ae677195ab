import { svgToPng } from "../image/codec";
import type { Figure, Trace } from "./figure";
import { drawKey, drawTrace } from "./marks";
import { linearScale, logScale, type Scale } from "./scale";
import { escapeXml, px, textWidth } from "./text";
import { FONT, type ThemeName, themed, themes } from "./theme";

/** Options of {@link figureSvg}. */
export interface StillOptions {
  /** Pixels; default 860. The height is the figure's own, or 420. */
  readonly width?: number;
  readonly theme?: ThemeName;
}

/** A picture of a figure for places where Plotly does not run: live charts, code hosts, the README. Draws lines, markers, bars and their axes. */
export function figureSvg(moving: Figure, options: StillOptions = {}): string {
  const figure = moving.still ?? moving;
  const { width = 860, theme = "light" } = options;
  const layout = themed(figure, theme).layout as Layout;
  const height = typeof layout.height === "number" ? layout.height : 420;
  const { paper, ink, line } = themes[theme];
  const left = leftMargin(layout);
  const names = legendLines(figure, left, width - 20);
  const frame = { left, right: width - 20, top: 48, bottom: height - 60 - 18 * names.length };
  const panels = panelsOf(figure, layout, frame);
  const parts = panels.map((panel) => drawPanel(panel, line, ink));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT.replaceAll("'", "")}" font-size="12.5" fill="${ink}" role="img" aria-label="${escapeXml(figure.alt)}">`,
    `<rect width="100%" height="100%" fill="${paper}"/>`,
    `<text x="${frame.left}" y="26" font-size="15" font-weight="600">${escapeXml(layout.title?.text ?? "")}</text>`,
    ...parts,
    ...names.map((row, i) => drawLegend(row, height - 16 - 18 * (names.length - 1 - i))),
    "</svg>",
  ].join("\n");
}

/** The same picture as PNG; `scale` is PNG pixels per SVG pixel, default 2. */
export async function figurePng(
  figure: Figure,
  options: StillOptions & { readonly scale?: number } = {},
): Promise<Uint8Array> {
  const { scale = 2, ...still } = options;
  return svgToPng(figureSvg(figure, still), scale);
}

interface Axis {
  readonly title?: { readonly text?: string };
  readonly domain?: readonly [number, number];
  readonly range?: readonly [number, number];
  readonly type?: string;
  readonly rangemode?: string;
  readonly showticklabels?: boolean;
  readonly showgrid?: boolean;
  /** Ticks that the figure sets itself, in place of the scale's. */
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
}
type Layout = Readonly<Record<string, unknown>> & {
  readonly title?: { readonly text?: string };
  readonly height?: number;
  readonly shapes?: readonly { readonly x0: number; readonly line?: { readonly color?: string } }[];
  readonly annotations?: readonly { readonly x: number; readonly text: string; readonly xanchor?: string }[];
};
interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}
interface Panel extends Frame {
  readonly x: Scale;
  readonly y: Scale;
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly traces: readonly Trace[];
  readonly layout?: Layout;
}

function panelsOf(figure: Figure, layout: Layout, frame: Frame): Panel[] {
  const keys = [...new Set(figure.data.map((trace) => String(trace.yaxis ?? "y")))];
  return keys.map((key): Panel => {
    const number = key.slice(1);
    const traces = figure.data.filter((trace) => String(trace.yaxis ?? "y") === key);
    const xAxis = (layout[`xaxis${number}`] ?? {}) as Axis;
    const yAxis = (layout[`yaxis${number}`] ?? {}) as Axis;
    const [x0, x1] = xAxis.domain ?? [0, 1];
    const [y0, y1] = yAxis.domain ?? [0, 1];
    const place = {
      left: frame.left + x0 * (frame.right - frame.left) + (x0 > 0 ? 24 : 0),
      right: frame.left + x1 * (frame.right - frame.left),
      top: frame.bottom - y1 * (frame.bottom - frame.top),
      bottom: frame.bottom - y0 * (frame.bottom - frame.top),
    };
    return {
      ...place,
      xAxis,
      yAxis,
      traces,
      layout: key === "y" ? layout : undefined,
      x: scaleOf(xAxis, valuesOf(traces, "x"), place.left, place.right),
      y: scaleOf(yAxis, valuesOf(traces, "y"), place.bottom, place.top),
    };
  });
}

/** Room for the numbers of the y axis, or for its names. */
function leftMargin(layout: Layout): number {
  const { ticktext = [], showticklabels } = (layout.yaxis ?? {}) as Axis;
  if (showticklabels === false) return 64;
  return Math.max(64, Math.min(260, 44 + Math.max(0, ...ticktext.map(textWidth))));
}

function valuesOf(traces: readonly Trace[], key: "x" | "y"): number[] {
  return traces.flatMap((trace) =>
    ((trace[key] ?? []) as (number | null)[]).filter((v): v is number => v !== null && Number.isFinite(v)),
  );
}

/** Pixels between two ticks, about: labels stand beside each other on the x axis and above each other on the y axis. */
const GAP = { x: 60, y: 36 };

function scaleOf(axis: Axis, values: readonly number[], from: number, to: number): Scale {
  const gap = from < to ? GAP.x : GAP.y;
  if (axis.type === "log") {
    const [low, high] = axis.range ?? widened(extent(values.filter((v) => v > 0).map(Math.log10)));
    return logScale(low, high, from, to);
  }
  if (axis.range) return linearScale(axis.range[0], axis.range[1], from, to, gap);
  const toZero = axis.rangemode === "tozero";
  const [low, high] = toZero ? withZero(extent(values)) : widened(extent(values));
  const room = 0.04 * (high - low);
  return linearScale(toZero && low === 0 ? 0 : low - room, high + room, from, to, gap);
}

/** Smallest and largest value; [0, 1] of none. */
function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 1];
}

/** A range that has a width. */
function widened([low, high]: [number, number]): [number, number] {
  const half = 0.5 * Math.max(1, Math.abs(low) * 1e-3);
  return low === high ? [low - half, high + half] : [low, high];
}

function withZero([low, high]: [number, number]): [number, number] {
  return low === 0 && high === 0 ? [0, 1] : [Math.min(0, low), Math.max(0, high)];
}

function drawPanel(panel: Panel, line: string, ink: string): string {
  const { left, right, top, bottom, x, y, xAxis, yAxis } = panel;
  const ticksX = ticksOf(xAxis, x);
  const ticksY = ticksOf(yAxis, y);
  const middle = (top + bottom) / 2;
  return [
    ...ticksX.map(
      ({ value, text }) =>
        `<path d="M${px(x.at(value))} ${px(top)}V${px(bottom)}" stroke="${line}"/><text x="${px(x.at(value))}" y="${px(bottom + 18)}" text-anchor="middle">${text}</text>`,
    ),
    ...ticksY.map(
      ({ value, text }) =>
        `${yAxis.showgrid === false ? "" : `<path d="M${px(left)} ${px(y.at(value))}H${px(right)}" stroke="${line}"/>`}<text x="${px(left - 8)}" y="${px(y.at(value) + 4)}" text-anchor="end">${text}</text>`,
    ),
    `<text x="${px((left + right) / 2)}" y="${px(bottom + 38)}" text-anchor="middle">${escapeXml(xAxis.title?.text ?? "")}</text>`,
    `<text transform="translate(${px(panel.layout ? left - leftMargin(panel.layout) + 18 : left - 46)} ${px(middle)}) rotate(-90)" text-anchor="middle">${escapeXml(yAxis.title?.text ?? "")}</text>`,
    `<svg x="${px(left)}" y="${px(top)}" width="${px(right - left)}" height="${px(bottom - top)}" viewBox="${px(left)} ${px(top)} ${px(right - left)} ${px(bottom - top)}">`,
    ...panel.traces.filter((trace) => trace.cliponaxis !== false).map((trace) => drawTrace(trace, panel)),
    ...(panel.layout?.shapes ?? []).map(
      (shape) =>
        `<path d="M${px(x.at(shape.x0))} ${px(top)}V${px(bottom)}" stroke="${shape.line?.color ?? ink}" stroke-width="2" stroke-dasharray="6 5"/>`,
    ),
    "</svg>",
    ...panel.traces.filter((trace) => trace.cliponaxis === false).map((trace) => drawTrace(trace, panel)),
    ...(panel.layout?.annotations ?? []).map(({ x: value, text, xanchor }) => {
      const [shift, anchor] = xanchor === "right" ? [-6, "end"] : [6, "start"];
      return `<text x="${px(x.at(value) + shift)}" y="${px(top + 12)}" text-anchor="${anchor}">${escapeXml(text)}</text>`;
    }),
  ].join("\n");
}

/** The scale's own ticks, or the axis' `tickvals` with their names. */
function ticksOf({ showticklabels, tickvals, ticktext }: Axis, scale: Scale): Scale["ticks"] {
  if (showticklabels === false) return [];
  if (!tickvals) return scale.ticks;
  return tickvals.map((value, i) => ({ value, text: escapeXml(ticktext?.[i] ?? String(value)) }));
}

/** The named traces, broken into lines that fit the width. */
function legendLines(figure: Figure, left: number, right: number): { trace: Trace; x: number }[][] {
  const named = figure.data.filter((trace) => trace.name && trace.showlegend !== false);
  if (named.length < 2) return [];
  const lines: { trace: Trace; x: number }[][] = [[]];
  let x = left;
  for (const trace of named) {
    const width = 40 + textWidth(String(trace.name));
    if (x + width > right && x > left) {
      lines.push([]);
      x = left;
    }
    lines[lines.length - 1].push({ trace, x });
    x += width;
  }
  return lines;
}

function drawLegend(row: readonly { trace: Trace; x: number }[], y: number): string {
  return row
    .map(
      ({ trace, x }) =>
        `${drawKey(trace, x, y - 4)}<text x="${px(x + 20)}" y="${px(y)}">${escapeXml(String(trace.name))}</text>`,
    )
    .join("");
}
