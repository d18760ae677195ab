import { grouped } from "../core/groups";
import type { MapPair } from "./embeddingMap";
import type { Figure, Trace } from "./figure";
import { palette, symbols } from "./palette";
import { plotlyName } from "./text";
import { axis, title } from "./theme";

/** One moment: N×2 positions, row-major. Row i is the same image in every frame. */
export interface FilmFrame {
  /** Under the slider and under the still picture, for example "step 50". */
  readonly name: string;
  readonly positions: Float32Array;
}

export interface FilmData {
  readonly title: string;
  /** The projection: the axes are called `projection` 1 and 2. */
  readonly projection: string;
  /** At least one; all of the same N. */
  readonly frames: readonly FilmFrame[];
  readonly labels: ArrayLike<number>;
  readonly identities: readonly string[];
  /** Pairs of rows drawn as edges in every frame. */
  readonly pairs?: readonly MapPair[];
  /** What the pairs are; default "hard pairs". */
  readonly pairsName?: string;
}

/** Identities in colour and shape; all others are grey. */
const HIGHLIGHTED = 8;
/** Frames beside each other in the still picture. */
const MOST_STILLS = 6;

/**
 * Points that move: a slider over the frames, all on the same axes, so that what moves on the screen moved in the data. The still picture shows up to six of
 * the frames beside each other. Throws a RangeError without frames or when their sizes differ from the labels.
 */
export function embeddingFilm(data: FilmData): Figure {
  const { frames, labels, projection } = data;
  check(data);
  const groups = groupsOf(data);
  const [rangeX, rangeY] = [0, 1].map((axisIndex) => rangeOf(frames, axisIndex));
  const hidden = { showticklabels: false, ticks: "", showgrid: false };
  const traces = (frame: FilmFrame): Trace[] =>
    groups.map((group) => ({ ...group.look, ...group.at(frame) }));
  const last = frames.length - 1;
  return {
    data: traces(frames[last]),
    layout: {
      title: title(data.title),
      height: 680,
      xaxis: axis(`${projection} 1 (no unit)`, { ...hidden, range: rangeX }),
      yaxis: axis(`${projection} 2 (no unit)`, { ...hidden, range: rangeY }),
      legend: { orientation: "v", y: 1, x: 1.02 },
      sliders: [
        {
          active: last,
          pad: { t: 48 },
          steps: frames.map((frame) => ({
            label: plotlyName(frame.name),
            method: "restyle",
            args: [{ x: traces(frame).map(({ x }) => x), y: traces(frame).map(({ y }) => y) }],
          })),
        },
      ],
    },
    alt: `${data.title}: ${labels.length} points in ${frames.length} frame${frames.length === 1 ? "" : "s"}, ${frames.map(({ name }) => name).join(", ")}.`,
    still: multiples(data, stillsOf(frames), traces, { x: rangeX, y: rangeY }),
  };
}

interface Group {
  readonly look: Trace;
  readonly at: (frame: FilmFrame) => { readonly x: (number | null)[]; readonly y: (number | null)[] };
}

/** Edges first, then the grey points, then one group for each highlighted identity, chosen and coloured as on an `embeddingMap`. */
function groupsOf({ labels, identities, pairs = [], pairsName = "hard pairs" }: FilmData): Group[] {
  const byLabel = grouped(Array(labels.length).keys(), (i) => labels[i]);
  const size = (label: number): number => (byLabel.get(label) as number[]).length;
  const shown = [...byLabel.keys()].sort((a, b) => size(b) - size(a) || a - b).slice(0, HIGHLIGHTED);
  const rest = Array.from(Array(labels.length).keys()).filter((i) => !shown.includes(labels[i]));
  const marks = (rows: readonly number[], look: object): Group => ({
    look: { type: "scatter", mode: "markers", hoverinfo: "name", ...look },
    at: ({ positions }) => ({
      x: rows.map((i) => positions[2 * i]),
      y: rows.map((i) => positions[2 * i + 1]),
    }),
  });
  const ends = pairs.flatMap(({ first, second }) => [first, second, null]);
  const edges: Group = {
    look: {
      ...{ type: "scatter", mode: "lines", name: pairsName, hoverinfo: "skip" },
      line: { color: palette.quiet, width: 1.5 },
    },
    at: ({ positions }) => ({
      x: ends.map((i) => (i === null ? null : positions[2 * i])),
      y: ends.map((i) => (i === null ? null : positions[2 * i + 1])),
    }),
  };
  return [
    ...(pairs.length > 0 ? [edges] : []),
    ...(rest.length > 0
      ? [marks(rest, { name: "other identities", marker: { size: 5, color: palette.quiet, opacity: 0.5 } })]
      : []),
    ...shown.map((label, k) =>
      marks(byLabel.get(label) as number[], {
        name: plotlyName(identities[label]),
        marker: { size: 7, color: palette.identities[k], symbol: symbols[k] },
      }),
    ),
  ];
}

/** The frames beside each other, three in a row, or four as a square. */
function multiples(
  data: FilmData,
  frames: readonly FilmFrame[],
  traces: (frame: FilmFrame) => Trace[],
  range: { readonly x: unknown; readonly y: unknown },
): Figure {
  const across = frames.length === 4 ? 2 : Math.min(3, frames.length);
  const down = Math.ceil(frames.length / across);
  const number = (k: number): string => (k === 0 ? "" : String(k + 1));
  const hidden = { showticklabels: false, ticks: "", showgrid: false };
  const gap = { x: 0.04, y: down > 1 ? 0.14 : 0 };
  const span = (at: number, count: number, between: number): [number, number] => {
    const size = (1 - between * (count - 1)) / count;
    return [at * (size + between), at * (size + between) + size];
  };
  const axes = frames.map((frame, k) => ({
    [`xaxis${number(k)}`]: axis(frame.name, {
      ...{ ...hidden, range: range.x, anchor: `y${number(k)}` },
      domain: span(k % across, across, gap.x),
    }),
    [`yaxis${number(k)}`]: axis(k % across === 0 ? `${data.projection} 2` : " ", {
      ...{ ...hidden, range: range.y, anchor: `x${number(k)}` },
      domain: span(down - 1 - Math.floor(k / across), down, gap.y),
    }),
  }));
  return {
    data: frames.flatMap((frame, k) =>
      traces(frame).map((trace) => ({
        ...trace,
        xaxis: `x${number(k)}`,
        yaxis: `y${number(k)}`,
        showlegend: k === 0,
      })),
    ),
    layout: {
      title: title(data.title),
      height: 130 + (across === 2 ? 380 : 290) * down,
      ...Object.assign({}, ...axes),
    },
    alt: `${data.title}: ${data.labels.length} points at ${frames.map(({ name }) => name).join(", ")}.`,
  };
}

/** All frames, or six of them at about equal distances, the first and the last among them. */
function stillsOf(frames: readonly FilmFrame[]): FilmFrame[] {
  if (frames.length <= MOST_STILLS) return [...frames];
  return Array.from(
    { length: MOST_STILLS },
    (_, k) => frames[Math.round((k * (frames.length - 1)) / (MOST_STILLS - 1))],
  );
}

/** A range that holds every point of every frame, with a little room. */
function rangeOf(frames: readonly FilmFrame[], axisIndex: number): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { positions } of frames) {
    for (let i = axisIndex; i < positions.length; i += 2) {
      low = Math.min(low, positions[i]);
      high = Math.max(high, positions[i]);
    }
  }
  const room = low < high ? 0.05 * (high - low) : 1;
  return low <= high ? [low - room, high + room] : [-1, 1];
}

function check({ frames, labels }: FilmData): void {
  if (frames.length === 0) throw new RangeError("Cannot draw a film: at least one frame is needed");
  const odd = frames.find(({ positions }) => positions.length !== 2 * labels.length);
  if (odd) {
    throw new RangeError(
      `Cannot draw a film: ${labels.length} points are needed in every frame, current value is ${odd.positions.length / 2} in ${odd.name}`,
    );
  }
}
