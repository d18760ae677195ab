import type { Matrix } from "../core/matrix";
import type { BlockOptions } from "./distances";
import { type Nearest, nearestRows } from "./nearest";
import { wilsonInterval } from "./statistics";

export const voteRules = ["majority", "distance"] as const;

/** `majority`: every neighbour has one vote; `distance`: 1 / L2, and where a neighbour lies at distance 0 only those at 0 vote, once each. */
export type VoteRule = (typeof voteRules)[number];

/** Options of the k-NN functions. */
export interface KnnOptions extends BlockOptions {
  /** Neighbours that vote; default 1. */
  readonly k?: number;
  /** Default `majority`. */
  readonly vote?: VoteRule;
}

/**
 * The label with most votes among each probe's neighbours. Ties: of the labels that share the most votes, the one whose nearest image is nearest
 * (its place in the list decides; equal distances stand there by row). Throws a RangeError for an unknown rule.
 */
export function vote(nearest: Nearest, galleryLabels: ArrayLike<number>, rule: VoteRule): Int32Array {
  if (!voteRules.includes(rule)) {
    throw new RangeError(
      `Cannot vote: the rule must be one of ${voteRules.join(", ")}, current value is ${rule}`,
    );
  }
  const { k, indices, distances } = nearest;
  return Int32Array.from({ length: indices.length / k }, (_, probe) => {
    const votes = new Map<number, number>();
    const zero = distances[probe * k] === 0;
    for (let n = probe * k; n < (probe + 1) * k; n++) {
      const label = galleryLabels[indices[n]];
      votes.set(label, (votes.get(label) ?? 0) + weight(rule, distances[n], zero));
    }
    // A map keeps the order of first votes, which is the order of distances: the first maximum wins.
    let [winner, most] = [-1, -1];
    for (const [label, sum] of votes) if (sum > most) [winner, most] = [label, sum];
    return winner;
  });
}

function weight(rule: VoteRule, squared: number, zero: boolean): number {
  if (rule === "majority") return 1;
  if (zero) return squared === 0 ? 1 : 0;
  return 1 / Math.sqrt(squared);
}

/** The identity that each probe gets from the k nearest gallery rows. */
export function knnPredict(
  probes: Matrix,
  gallery: Matrix,
  galleryLabels: ArrayLike<number>,
  options: KnnOptions = {},
): Int32Array {
  const { k = 1, vote: rule = "majority", ...blocks } = options;
  return vote(nearestRows(probes, gallery, k, blocks), galleryLabels, rule);
}

export interface KnnResult {
  /** Share of probes that got their own identity. */
  readonly accuracy: number;
  /** 95 % Wilson interval of it (images of one identity are not independent, so it is a little too narrow). */
  readonly interval: readonly [number, number];
  /** Images whose identity has another image; the others cannot be found and are gallery only. */
  readonly probes: number;
  /** The label that each row got. */
  readonly predicted: Int32Array;
}

/** k-NN identification, leave one out: every image is a probe against all others. Throws a RangeError when no identity has two images. */
export function knnIdentification(x: Matrix, labels: ArrayLike<number>, options: KnnOptions = {}): KnnResult {
  const { k = 1, vote: rule = "majority", ...blocks } = options;
  const predicted = vote(nearestRows(x, x, k, { ...blocks, leaveOneOut: true }), labels, rule);
  const images = new Map<number, number>();
  for (let i = 0; i < x.rows; i++) images.set(labels[i], (images.get(labels[i]) ?? 0) + 1);
  const probes = Array.from(predicted.keys()).filter((i) => (images.get(labels[i]) ?? 0) > 1);
  if (probes.length === 0) {
    throw new RangeError(
      "Cannot identify: at least one identity with two images is needed, current value is 0",
    );
  }
  const right = probes.filter((i) => predicted[i] === labels[i]).length;
  return {
    accuracy: right / probes.length,
    interval: wilsonInterval(right, probes.length),
    probes: probes.length,
    predicted,
  };
}
