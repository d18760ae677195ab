import type { PageEdge } from "../pageData";
import type { Epoch } from "./decode";

/** How many hard pairs of each kind are drawn, and how hard one must be: squared L2 at least (positives) or at most (negatives). */
export interface EdgeChoice {
  readonly positives: number;
  readonly negatives: number;
  readonly farther: number;
  readonly nearer: number;
}

/** An edge on the map; `error` when the threshold decides it wrongly. */
export interface Edge {
  readonly first: number;
  readonly second: number;
  readonly distance: number;
  readonly same: boolean;
  readonly error: boolean;
}

/** The pairs that a choice leaves, hardest first. */
export function chosenEdges(epoch: Epoch, choice: EdgeChoice, threshold: number): Edge[] {
  const edge =
    (same: boolean) =>
    ([first, second, distance]: PageEdge): Edge => ({
      first,
      second,
      distance,
      same,
      error: same ? distance >= threshold : distance < threshold,
    });
  const positives = epoch.hardPositives.filter(([, , distance]) => distance >= choice.farther);
  const negatives = epoch.hardNegatives.filter(([, , distance]) => distance <= choice.nearer);
  return [
    ...positives.slice(0, choice.positives).map(edge(true)),
    ...negatives.slice(0, choice.negatives).map(edge(false)),
  ];
}
