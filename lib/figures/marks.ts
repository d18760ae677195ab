import type { Trace } from "./figure";
import { palette } from "./palette";
import type { Scale } from "./scale";
import { px } from "./text";

/** Where a trace is drawn. */
export interface Place {
  readonly x: Scale;
  readonly y: Scale;
  /** Pixel at which bars stand. */
  readonly bottom: number;
}

type Values = readonly (number | null)[];
interface Line {
  readonly color?: string;
  readonly width?: number;
  readonly dash?: string;
  readonly shape?: string;
}
interface Marker {
  readonly color?: string;
  readonly size?: number;
  readonly opacity?: number;
  readonly symbol?: string;
}

const styleOf = (trace: Trace): Line => (trace.line ?? {}) as Line;
const markerOf = (trace: Trace): Marker => (trace.marker ?? {}) as Marker;
const modeOf = (trace: Trace): string => String(trace.mode ?? "lines");

/** A trace as SVG: bars, lines, markers. What has no finite place is left out. */
export function drawTrace(trace: Trace, place: Place): string {
  const xs = (trace.x ?? []) as Values;
  const ys = (trace.y ?? []) as Values;
  if (trace.type === "bar") return drawBars(trace, xs, ys, place);
  const mode = modeOf(trace);
  const pieces: string[] = [];
  if (mode.includes("lines"))
    pieces.push(stroke(pathOf(xs, ys, place, styleOf(trace).shape === "hv"), trace, fillOf(trace)));
  if (mode.includes("markers")) {
    for (const [left, top] of pixelsOf(xs, ys, place)) {
      if (Number.isFinite(left + top)) pieces.push(drawMarker(trace, left, top));
    }
  }
  return pieces.join("");
}

/** The trace's sign in a legend, about 20 pixels wide. */
export function drawKey(trace: Trace, x: number, y: number): string {
  if (trace.type === "bar") {
    const { color, opacity = 1 } = markerOf(trace);
    return `<rect x="${px(x)}" y="${px(y - 5)}" width="12" height="10" fill="${color}" opacity="${opacity}"/>`;
  }
  const mode = modeOf(trace);
  const line = mode.includes("lines") ? stroke(`M${px(x - 2)} ${px(y)}H${px(x + 14)}`, trace) : "";
  return line + (mode.includes("markers") ? drawMarker(trace, x + 6, y) : "");
}

function drawBars(trace: Trace, xs: Values, ys: Values, { x, y, bottom }: Place): string {
  const half = Number(trace.width ?? 1) / 2;
  const { color, opacity = 1 } = markerOf(trace);
  return xs
    .map((value, i) => {
      const height = ys[i];
      if (value === null || !height) return "";
      const [a, b, top] = [x.at(value - half), x.at(value + half), y.at(height)];
      if (!Number.isFinite(a + b + top)) return "";
      return `<rect x="${px(a)}" y="${px(top)}" width="${px(b - a)}" height="${px(bottom - top)}" fill="${color}" opacity="${opacity}"/>`;
    })
    .join("");
}

function stroke(path: string, trace: Trace, fill: string = "none"): string {
  const { color = palette.quiet, width = 2, dash } = styleOf(trace);
  const dashes = dash === "dot" ? ' stroke-dasharray="2 4"' : dash ? ' stroke-dasharray="6 5"' : "";
  return `<path d="${path}" fill="${fill}" stroke="${color}" stroke-width="${width}"${dashes} stroke-linejoin="round"/>`;
}

/** The inside of closed lines. */
function fillOf(trace: Trace): string {
  return trace.fill === "toself" ? String(trace.fillcolor) : "none";
}

/** Pixels of each point; NaN where it has none. */
function pixelsOf(xs: Values, ys: Values, { x, y }: Place): [number, number][] {
  return xs.map((value, i) => [x.at(value ?? Number.NaN), y.at(ys[i] ?? Number.NaN)]);
}

function pathOf(xs: Values, ys: Values, place: Place, stairs: boolean): string {
  let path = "";
  let pen = "M";
  for (const [left, top] of pixelsOf(xs, ys, place)) {
    if (!Number.isFinite(left + top)) {
      pen = "M";
      continue;
    }
    path += stairs && pen === "L" ? `H${px(left)}V${px(top)}` : `${pen}${px(left)} ${px(top)}`;
    pen = "L";
  }
  return path;
}

const PLUS: readonly [number, number][] = [
  [0.4, 1.2],
  [0.4, 0.4],
  [1.2, 0.4],
  [1.2, -0.4],
  [0.4, -0.4],
  [0.4, -1.2],
  [-0.4, -1.2],
  [-0.4, -0.4],
  [-1.2, -0.4],
  [-1.2, 0.4],
  [-0.4, 0.4],
  [-0.4, 1.2],
];

/** Corners at radius 1, in Plotly's proportions. A symbol that is not here is drawn as a circle. */
const CORNERS: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  square: corners(4, [Math.SQRT2], 45),
  diamond: corners(4, [1.3], 0),
  "triangle-up": corners(3, [1.2], 0),
  "triangle-down": corners(3, [1.2], 180),
  star: corners(10, [1.4, 0.56], 0),
  cross: PLUS,
  x: PLUS.map(([x, y]) => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2]),
};

/** `count` corners clockwise from the top, turned by `degrees`, at the radii in turn. */
function corners(count: number, radii: readonly number[], degrees: number): [number, number][] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count + (degrees * Math.PI) / 180;
    const radius = radii[i % radii.length];
    return [radius * Math.sin(angle), -radius * Math.cos(angle)];
  });
}

function drawMarker(trace: Trace, x: number, y: number): string {
  const { size = 6, opacity = 1, symbol = "circle", color } = markerOf(trace);
  const radius = size / 2;
  const look = `fill="${color ?? styleOf(trace).color ?? palette.quiet}" opacity="${opacity}"`;
  const shape = CORNERS[symbol];
  if (!shape) return `<circle cx="${px(x)}" cy="${px(y)}" r="${radius}" ${look}/>`;
  const path = shape.map(([a, b]) => `${px(x + radius * a)} ${px(y + radius * b)}`).join("L");
  return `<path d="M${path}Z" ${look}/>`;
}
