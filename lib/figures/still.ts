import { svgToPng } from "../image/codec";
import type { Figure, Trace } from "./figure";
import { palette } from "./palette";
import { linearScale, logScale, type Scale } from "./scale";
import { FONT, type ThemeName, themed, themes } from "./theme";

/** Options of {@link figureSvg}. */
export interface StillOptions {
  /** Pixels; default 860. The height is the figure's own, or 420. */
  readonly width?: number;
  readonly theme?: ThemeName;
}

/** A picture of a figure for places where Plotly does not run: live charts, code hosts, the README. Draws lines, markers, bars and their axes. */
export function figureSvg(figure: Figure, options: StillOptions = {}): string {
  const { width = 860, theme = "light" } = options;
  const layout = themed(figure, theme).layout as Layout;
  const height = typeof layout.height === "number" ? layout.height : 420;
  const { paper, ink, line } = themes[theme];
  const names = legendLines(figure, 64, width - 20);
  const frame = { left: 64, right: width - 20, top: 48, bottom: height - 60 - 18 * names.length };
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

/** The same picture as PNG, at twice the pixels. */
export async function figurePng(figure: Figure, options: StillOptions = {}): Promise<Uint8Array> {
  return svgToPng(figureSvg(figure, options), 2);
}

interface Axis {
  readonly title?: { readonly text?: string };
  readonly domain?: readonly [number, number];
  readonly range?: readonly [number, number];
  readonly type?: string;
  readonly rangemode?: string;
  readonly showticklabels?: boolean;
}
type Layout = Readonly<Record<string, unknown>> & {
  readonly title?: { readonly text?: string };
  readonly height?: number;
  readonly shapes?: readonly { readonly x0: number; readonly line?: { readonly color?: string } }[];
  readonly annotations?: readonly { readonly x: number; readonly text: string }[];
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

function valuesOf(traces: readonly Trace[], key: "x" | "y"): number[] {
  return traces.flatMap((trace) =>
    ((trace[key] ?? []) as (number | null)[]).filter((v): v is number => v !== null && Number.isFinite(v)),
  );
}

function scaleOf(axis: Axis, values: readonly number[], from: number, to: number): Scale {
  if (axis.type === "log") {
    const powers = values.filter((v) => v > 0).map(Math.log10);
    const [low, high] = axis.range ?? extent(powers);
    return logScale(low, high, from, to);
  }
  let [low, high] = axis.range ?? extent(values);
  if (axis.rangemode === "tozero") low = Math.min(0, low);
  if (!axis.range) {
    const room = 0.04 * (high - low);
    high += room;
    if (axis.rangemode !== "tozero") low -= room;
  }
  return linearScale(low, high, from, to);
}

function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(low <= high)) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

function drawPanel(panel: Panel, line: string, ink: string): string {
  const { left, right, top, bottom, x, y, xAxis, yAxis } = panel;
  const ticksX = xAxis.showticklabels === false ? [] : x.ticks;
  const ticksY = yAxis.showticklabels === false ? [] : y.ticks;
  const middle = (top + bottom) / 2;
  return [
    ...ticksX.map(
      ({ value, text }) =>
        `<path d="M${n(x.at(value))} ${n(top)}V${n(bottom)}" stroke="${line}"/><text x="${n(x.at(value))}" y="${n(bottom + 18)}" text-anchor="middle">${text}</text>`,
    ),
    ...ticksY.map(
      ({ value, text }) =>
        `<path d="M${n(left)} ${n(y.at(value))}H${n(right)}" stroke="${line}"/><text x="${n(left - 8)}" y="${n(y.at(value) + 4)}" text-anchor="end">${text}</text>`,
    ),
    `<text x="${n((left + right) / 2)}" y="${n(bottom + 38)}" text-anchor="middle">${escapeXml(xAxis.title?.text ?? "")}</text>`,
    `<text transform="translate(${n(left - 46)} ${n(middle)}) rotate(-90)" text-anchor="middle">${escapeXml(yAxis.title?.text ?? "")}</text>`,
    `<svg x="${n(left)}" y="${n(top)}" width="${n(right - left)}" height="${n(bottom - top)}" viewBox="${n(left)} ${n(top)} ${n(right - left)} ${n(bottom - top)}">`,
    ...panel.traces.map((trace) => drawTrace(trace, panel)),
    ...(panel.layout?.shapes ?? []).map(
      (shape) =>
        `<path d="M${n(x.at(shape.x0))} ${n(top)}V${n(bottom)}" stroke="${shape.line?.color ?? ink}" stroke-width="2" stroke-dasharray="6 5"/>`,
    ),
    "</svg>",
    ...(panel.layout?.annotations ?? []).map(
      (note) => `<text x="${n(x.at(note.x) + 6)}" y="${n(top + 12)}">${escapeXml(note.text)}</text>`,
    ),
  ].join("\n");
}

function drawTrace(trace: Trace, { x, y, bottom }: Panel): string {
  const xs = (trace.x ?? []) as (number | null)[];
  const ys = (trace.y ?? []) as (number | null)[];
  const style = (trace.line ?? {}) as { color?: string; width?: number; dash?: string; shape?: string };
  const marker = (trace.marker ?? {}) as { color?: string; size?: number; opacity?: number };
  const mode = String(trace.mode ?? "lines");
  const pieces: string[] = [];
  if (trace.type === "bar") {
    const half = Number(trace.width ?? 1) / 2;
    for (const [i, value] of xs.entries()) {
      const height = ys[i];
      if (value === null || !height) continue;
      const [a, b] = [x.at(value - half), x.at(value + half)];
      pieces.push(
        `<rect x="${n(a)}" y="${n(y.at(height))}" width="${n(b - a)}" height="${n(bottom - y.at(height))}" fill="${marker.color}" opacity="${marker.opacity ?? 1}"/>`,
      );
    }
    return pieces.join("");
  }
  if (mode.includes("lines")) {
    const dash =
      style.dash === "dot" ? ' stroke-dasharray="2 4"' : style.dash ? ' stroke-dasharray="6 5"' : "";
    pieces.push(
      `<path d="${pathOf(xs, ys, x, y, style.shape === "hv")}" fill="none" stroke="${style.color ?? palette.quiet}" stroke-width="${style.width ?? 2}"${dash} stroke-linejoin="round"/>`,
    );
  }
  if (mode.includes("markers")) {
    const radius = (marker.size ?? 6) / 2;
    for (const [i, value] of xs.entries()) {
      const other = ys[i];
      if (value === null || other === null) continue;
      pieces.push(
        `<circle cx="${n(x.at(value))}" cy="${n(y.at(other))}" r="${radius}" fill="${marker.color ?? style.color ?? palette.quiet}" opacity="${marker.opacity ?? 1}"/>`,
      );
    }
  }
  return pieces.join("");
}

function pathOf(
  xs: readonly (number | null)[],
  ys: readonly (number | null)[],
  x: Scale,
  y: Scale,
  stairs: boolean,
): string {
  let path = "";
  let pen = "M";
  for (const [i, value] of xs.entries()) {
    const other = ys[i];
    if (value === null || other === null || !Number.isFinite(x.at(value)) || !Number.isFinite(y.at(other))) {
      pen = "M";
      continue;
    }
    path +=
      stairs && pen === "L"
        ? `H${n(x.at(value))}V${n(y.at(other))}`
        : `${pen}${n(x.at(value))} ${n(y.at(other))}`;
    pen = "L";
  }
  return path;
}

/** The named traces, broken into lines that fit the width. */
function legendLines(figure: Figure, left: number, right: number): { trace: Trace; x: number }[][] {
  const named = figure.data.filter((trace) => trace.name && trace.showlegend !== false);
  if (named.length < 2) return [];
  const lines: { trace: Trace; x: number }[][] = [[]];
  let x = left;
  for (const trace of named) {
    const width = 34 + 6.6 * String(trace.name).length;
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
    .map(({ trace, x }) => {
      const color = ((trace.line ?? trace.marker ?? {}) as { color?: string }).color ?? palette.quiet;
      return `<circle cx="${n(x + 6)}" cy="${n(y - 4)}" r="5" fill="${color}"/><text x="${n(x + 16)}" y="${n(y)}">${escapeXml(String(trace.name))}</text>`;
    })
    .join("");
}

/** Names in figures may already be escaped for Plotly's markup; entities are kept, everything else is escaped. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/&(?!(amp|lt|gt);)/g, "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function n(value: number): string {
  return value.toFixed(1);
}
