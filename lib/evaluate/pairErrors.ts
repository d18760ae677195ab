import type { ScoredPairs, VerificationResult } from "./verification";

/** A pair that the protocol's threshold gets wrong. */
export interface PairError {
  /** Index into the pair list. */
  readonly pair: number;
  readonly kind: "false accept" | "false reject";
  /** Squared L2 of the pair, and the threshold of its fold. */
  readonly distance: number;
  readonly threshold: number;
}

/**
 * Every error of a verification protocol, each judged by the threshold of its own fold; false accepts first, within a kind the farthest beyond the threshold
 * first (ties: the smaller index).
 *
 * Source: Schroff et al. (2015), Figure 6. Differs from the paper: ranked.
 */
export function pairErrors(
  { distances, same, fold }: ScoredPairs,
  perFold: VerificationResult["perFold"],
): PairError[] {
  const errors: PairError[] = [];
  for (let pair = 0; pair < distances.length; pair++) {
    const { threshold } = perFold[fold[pair]];
    const distance = distances[pair];
    if (distance < threshold === (same[pair] === 1)) continue;
    errors.push({ pair, kind: same[pair] ? "false reject" : "false accept", distance, threshold });
  }
  const beyond = ({ distance, threshold }: PairError): number => Math.abs(distance - threshold);
  const order = (kind: PairError["kind"]): number => (kind === "false accept" ? 0 : 1);
  return errors.sort((a, b) => order(a.kind) - order(b.kind) || beyond(b) - beyond(a) || a.pair - b.pair);
}
