/** A scale from data to pixels, with its ticks. */
export interface Scale {
  at(value: number): number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

/** Steps of 1, 2 or 5 times a power of ten, about `count` of them inside [low, high]. */
export function niceTicks(low: number, high: number, count: number): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const raw = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((m) => m * power >= raw) ?? 10) * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * span; i++) ticks.push(i * step);
  return ticks;
}

/** A linear scale over [low, high] onto [from, to] pixels. */
export function linearScale(low: number, high: number, from: number, to: number): Scale {
  const span = high > low ? high - low : 1;
  const ticks = niceTicks(low, high, Math.max(3, Math.abs(to - from) / 60));
  const digits = ticks.length > 1 ? Math.max(0, -Math.floor(Math.log10(ticks[1] - ticks[0]) + 1e-9)) : 0;
  return {
    at: (value) => from + ((value - low) / span) * (to - from),
    ticks: ticks.map((value) => ({
      value,
      text: Math.abs(value) >= 1000 ? value.toLocaleString("en") : value.toFixed(digits),
    })),
  };
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
