/**
 * One colour-blind-safe palette (Okabe and Ito 2008) for all figures, chosen to read on white and on near-black alike, and what the colours mean.
 */
export const palette: {
  readonly same: string;
  readonly different: string;
  readonly accent: string;
  readonly second: string;
  readonly quiet: string;
  readonly identities: readonly string[];
} = {
  /** Same identity, positives. */
  same: "#0084c8",
  /** Different identities, negatives. */
  different: "#d55e00",
  accent: "#009e73",
  second: "#cc79a7",
  quiet: "#9aa3ad",
  identities: ["#0084c8", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#7f7f00"],
};

/** Marker shapes that go with the identity colours: more than colour tells them apart. */
export const symbols: readonly string[] = [
  "circle",
  "square",
  "diamond",
  "triangle-up",
  "cross",
  "star",
  "triangle-down",
  "x",
];
