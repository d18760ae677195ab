/** A scale from data to pixels, with its ticks. */
export interface Scale {
  at(value: number): number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

/** Most ticks that anybody wants; more than that means steps too small for the numbers. */
const MOST_TICKS = 1000;

/** Steps of 1, 2 or 5 times a power of ten, about `count` of them inside [low, high]; `[low]` where no step is fine enough. */
export function niceTicks(low: number, high: number, count: number): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const raw = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((m) => m * power >= raw) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || last - first > MOST_TICKS) return [low];
  // 0 is added because Math.ceil() gives −0.
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step + 0);
}

/** A linear scale over [low, high] onto [from, to] pixels, with a tick about every `gap` pixels. */
export function linearScale(low: number, high: number, from: number, to: number, gap: number = 60): Scale {
  const span = high > low ? high - low : 1;
  const at = (value: number): number => from + ((value - low) / span) * (to - from);
  const ticks = niceTicks(low, high, Math.max(3, Math.abs(to - from) / gap)).filter((t) =>
    Number.isFinite(at(t)),
  );
  return { at, ticks: ticks.map((value) => ({ value, text: tickText(value, ticks) })) };
}

/** As many digits as tell the ticks apart; powers of ten where that would be long. */
function tickText(value: number, ticks: readonly number[]): string {
  if (ticks.length < 2) return String(Number(value.toPrecision(6)));
  const step = ticks[1] - ticks[0];
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const largest = Math.max(...ticks.map(Math.abs));
  if (largest < 1e6 && digits <= 4) {
    return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }
  const precision = Math.min(15, Math.ceil(Math.log10(largest / step)) + 1);
  const short = Math.abs(value) < step / 2 ? 0 : Number(value.toPrecision(precision));
  return short === 0 ? "0" : short.toExponential().replace("e+", "e");
}

/** A logarithmic scale; `low` and `high` are powers of ten, as in Plotly's `range`. One tick per power. */
export function logScale(low: number, high: number, from: number, to: number): Scale {
  const linear = linearScale(low, high, from, to);
  const powers = Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, i) => Math.ceil(low) + i);
  return {
    at: (value) => linear.at(Math.log10(value)),
    ticks: powers.map((power) => ({ value: 10 ** power, text: power === 0 ? "1" : `1e${power}` })),
  };
}
