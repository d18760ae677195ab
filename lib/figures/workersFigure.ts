import type { Figure, Trace } from "./figure";
import { palette, symbols } from "./palette";
import { axis, title } from "./theme";

/** One job by the number of workers. */
export interface WorkersSeries {
  readonly name: string;
  /** By rising numbers of workers; seconds above 0, and what limits the job there. */
  readonly points: readonly { readonly workers: number; readonly seconds: number; readonly limit: string }[];
  /** What a simulation or a run says beside it. */
  readonly beside?: readonly { readonly workers: number; readonly seconds: number }[];
}

export interface WorkersFigureData {
  readonly title: string;
  readonly series: readonly WorkersSeries[];
  /** What `beside` is; default `simulation`. */
  readonly besideName?: string;
}

const DASHES = ["", "dash", "dot", "dashdot"] as const;

/**
 * Time by the number of workers on two logarithmic axes: a line for each job, a large mark where something else begins to limit it, small ones for what stands beside the
 * model. Throws a RangeError for a time or a number of workers that has no logarithm.
 */
export function workersFigure({ title: text, series, besideName = "simulation" }: WorkersFigureData): Figure {
  for (const { name, points, beside = [] } of series) {
    const wrong = [...points, ...beside].find(({ workers, seconds }) => !(workers > 0 && seconds > 0));
    if (!wrong) continue;
    throw new RangeError(
      `Cannot draw time by workers: workers and seconds must be above 0, current values of ${name} are ${wrong.workers} and ${wrong.seconds}`,
    );
  }
  const traces = series.flatMap(({ name, points, beside = [] }, s): Trace[] => {
    const color = palette.identities[s % palette.identities.length];
    const changes = points.filter(({ limit }, i) => i > 0 && limit !== points[i - 1].limit);
    const dash = DASHES[s % DASHES.length];
    const line: Trace = {
      type: "scatter",
      mode: "lines",
      name,
      x: points.map(({ workers }) => workers),
      y: points.map(({ seconds }) => seconds / 3600),
      line: { color, width: 2, ...(dash && { dash }) },
      hovertemplate: `${name}: %{y:.3s} h with %{x}<extra></extra>`,
    };
    const rings: Trace = {
      type: "scatter",
      mode: "markers",
      name: `${name}: another limit`,
      x: changes.map(({ workers }) => workers),
      y: changes.map(({ seconds }) => seconds / 3600),
      text: changes.map(({ limit }) => limit),
      marker: { color, symbol: symbols[s % symbols.length], size: 12 },
      showlegend: false,
      hovertemplate: `${name}: from %{x} workers on %{text} limits<extra></extra>`,
    };
    const dots: Trace = {
      type: "scatter",
      mode: "markers",
      name: `${name}, ${besideName}`,
      x: beside.map(({ workers }) => workers),
      y: beside.map(({ seconds }) => seconds / 3600),
      marker: { color, symbol: "x", size: 7 },
      showlegend: s === 0,
      hovertemplate: `${name}, ${besideName}: %{y:.3s} h with %{x}<extra></extra>`,
    };
    return [line, ...(changes.length > 0 ? [rings] : []), ...(beside.length > 0 ? [dots] : [])];
  });
  const shown = series.flatMap(({ points, beside = [] }) => [...points, ...beside]);
  const log = { type: "log", dtick: 1, exponentformat: "power" };
  return {
    data: traces,
    layout: {
      title: title(text),
      height: 460,
      xaxis: axis("workers", { ...log, range: aroundLogs(shown.map(({ workers }) => workers)) }),
      yaxis: axis("time (hours)", { ...log, range: aroundLogs(shown.map(({ seconds }) => seconds / 3600)) }),
      legend: { orientation: "h", y: -0.2, x: 0 },
    },
    alt: `${text}: ${series.map(told).join("; ")}.`,
  };
}

/** Plotly's range of a logarithmic axis, with room for the marks at its ends. */
function aroundLogs(values: readonly number[]): [number, number] {
  const logs = values.map(Math.log10);
  return [Math.min(...logs) - 0.1, Math.max(...logs) + 0.1];
}

function told({ name, points }: WorkersSeries): string {
  const [first, last] = [points[0], points[points.length - 1]];
  const hours = ({ workers, seconds, limit }: WorkersSeries["points"][number]): string =>
    `${(seconds / 3600).toPrecision(2)} hours with ${workers} (limit: ${limit})`;
  return `${name} from ${hours(first)} to ${hours(last)}`;
}
