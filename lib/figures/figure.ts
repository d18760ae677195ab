/** A Plotly figure as plain data, with a text alternative. Figures are pure functions of arrays and options: no DOM, no files. */
export interface Figure {
  readonly data: readonly Trace[];
  readonly layout: Readonly<Record<string, unknown>>;
  /** What of the layout is otherwise on a narrow screen; axes keep what is not named. */
  readonly narrow?: Readonly<Record<string, unknown>>;
  /** One or two sentences that say what the figure shows, for readers who cannot see it. */
  readonly alt: string;
  /** What a still picture shows instead, for a figure that a reader has to move. */
  readonly still?: Figure;
}

/** One Plotly trace (https://plotly.com/javascript/reference/). */
export type Trace = Readonly<Record<string, unknown>>;
