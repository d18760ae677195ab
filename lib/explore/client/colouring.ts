import type { Points } from "./decode";
import { errorsOf } from "./rates";

/** What a mark looks like and means. Colour and shape together tell marks apart. */
export interface Key {
  readonly label: string;
  readonly colour: string;
  readonly shape: number;
  readonly count: number;
}

/** A key per point. */
export interface Colouring {
  readonly keys: readonly Key[];
  /** Position in `keys` per point. */
  readonly keyOf: Uint16Array;
  /** Why a key may stand for several things; empty where it does not. */
  readonly note: string;
}

/** What points can be coloured by; a number is a column. */
export type ColourBy = "identity" | "errors" | number;

/** Okabe and Ito (2008), as in the figures. */
const COLOURS = ["#0084c8", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#7f7f00"];
export const SHAPES = 6;
const QUIET = "#9aa3ad";
/** Viridis in eight steps, for numbers. */
const SCALE = ["#440154", "#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a0da39", "#fde725"];

export function colouringOf(points: Points, by: ColourBy, epoch: number, threshold: number): Colouring {
  if (by === "errors") return byErrors(points, epoch, threshold);
  if (by === "identity") return byCategory(points.labels, points.identities);
  const { codes, values } = points.columns[by];
  return isNumeric(values) ? byNumber(codes, values) : byCategory(codes, values);
}

/** Whether a column holds numbers that want a scale: more different ones than there are colours, empty cells aside. */
function isNumeric(values: readonly string[]): boolean {
  const full = values.filter((value) => value.trim() !== "");
  return full.length > COLOURS.length && full.every((value) => Number.isFinite(Number(value)));
}

function byErrors({ epochs }: Points, epoch: number, threshold: number): Colouring {
  const meanings = [
    ["no error", QUIET],
    ["a false accept", COLOURS[1]],
    ["a false reject", COLOURS[0]],
    ["both", COLOURS[3]],
  ];
  const keyOf = Uint16Array.from(errorsOf(epochs[epoch], threshold));
  return {
    keys: counted(
      meanings.map(([label, colour], shape) => ({ label, colour, shape })),
      keyOf,
    ),
    keyOf,
    note: "False accept: the nearest other identity is below the threshold. False reject: the farthest own image is not.",
  };
}

function byCategory(codes: Int32Array, values: readonly string[]): Colouring {
  const sizes = new Map<number, number>();
  for (const code of codes) sizes.set(code, (sizes.get(code) ?? 0) + 1);
  // The largest first; keys repeat when colours and shapes are used up.
  const order = [...sizes.keys()].sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0) || a - b);
  const keys = order.map((code, i) => ({
    label: values[code],
    colour: COLOURS[i % COLOURS.length],
    shape: Math.floor(i / COLOURS.length) % SHAPES,
  }));
  const place = new Map(order.map((code, i) => [code, i]));
  const keyOf = Uint16Array.from(codes, (code) => place.get(code) ?? 0);
  const most = COLOURS.length * SHAPES;
  const note =
    keys.length > most
      ? `${keys.length} values share ${most} marks: a mark alone does not name one. Hover, click or search.`
      : "";
  return { keys: counted(keys, keyOf), keyOf, note };
}

function byNumber(codes: Int32Array, values: readonly string[]): Colouring {
  const numbers = values.map((value) => (value.trim() === "" ? Number.NaN : Number(value)));
  const known = numbers.filter((value) => !Number.isNaN(value));
  const [least, most] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
  const width = (most - least) / SCALE.length;
  const text = (value: number): string => String(Number(value.toPrecision(3)));
  const keys = SCALE.map((colour, i) => ({
    label: `${text(least + i * width)} to ${text(least + (i + 1) * width)}`,
    colour,
    shape: 0,
  }));
  keys.push({ label: "empty", colour: QUIET, shape: 1 });
  const keyOf = Uint16Array.from(codes, (code) => {
    const value = numbers[code];
    if (Number.isNaN(value)) return SCALE.length;
    return Math.min(SCALE.length - 1, Math.floor((value - least) / width));
  });
  return { keys: counted(keys, keyOf), keyOf, note: "" };
}

function counted(keys: readonly Omit<Key, "count">[], keyOf: Uint16Array): Key[] {
  const counts = new Uint32Array(keys.length);
  for (const key of keyOf) counts[key]++;
  return keys.map((key, i) => ({ ...key, count: counts[i] }));
}
