import { type Matrix, matrix, stackRows } from "../core/matrix";
import type { Random } from "../core/random";
import { loadEngine } from "../engine/load";
import { tripletLossOnEngine } from "../losses/triplet";
import { miningBatch } from "../miners/batch";
import { type MiningRule, miningRules } from "../miners/rules";
import type { Net } from "../nets/build";
import { batchStatistics, keptIn, type Objective } from "./objective";

/** Options of {@link harmonicObjective}. */
export interface HarmonicOptions {
  /** Margin on squared L2, in (0, 4); default 0.2. */
  readonly margin?: number;
  /** Mining rule; default `semi-hard-nearest`. */
  readonly mining?: MiningRule;
  /** Images in one pass of the old net, at least 1; default 128. */
  readonly chunk?: number;
}

/**
 * The harmonic triplet loss: a new net learns embeddings that can be compared with those of an old, frozen one. Each image stands in the batch twice, as
 * v1 (old) and v2 (new): anchors, positives and negatives come from the union, so every mixture of the two versions occurs in every role, and a
 * semi-hard negative may be of either. Only v2's vectors get a gradient.
 *
 * Source: Schroff, Kalenichenko, Philbin (2015), appendix A "Harmonic Embedding" (harmonic triplet loss, Figure 8).
 * Differs from the paper: nothing that it states. The two vectors of one image are a positive pair; triplets of v1 alone teach nothing and are
 * dropped. `old` must embed into the same dimension; it looks at the same (augmented) inputs.
 */
export function harmonicObjective(old: Net, random: Random, options: HarmonicOptions = {}): Objective {
  const { margin = 0.2, mining = "semi-hard-nearest", chunk = 128 } = options;
  return {
    features: "unit",
    trained: [],
    kept: keptIn(),
    evaluate: (embeddings, labels, images) => {
      const { rows: n, columns: d } = embeddings;
      const v1 = embedFrozen(old, images, n, chunk);
      if (v1.columns !== d) {
        throw new RangeError(
          `Cannot train a harmonic embedding: both versions must have one dimension, current values are ${v1.columns} and ${d}`,
        );
      }
      const both = stackRows([embeddings, v1]);
      const twice = Int32Array.of(...labels, ...labels);
      const batch = miningBatch(both, twice);
      const mined = miningRules[mining](batch, margin, random);
      const taught = Int32Array.from({ length: mined.count }, (_, t) => t).filter(
        (t) => mined.anchor[t] < n || mined.positive[t] < n || mined.negative[t] < n,
      );
      const pick = (from: Int32Array): Int32Array => taught.map((t) => from[t]);
      const triplets = {
        count: taught.length,
        anchor: pick(mined.anchor),
        positive: pick(mined.positive),
        negative: pick(mined.negative),
      };
      const { loss, gradient, active, terms } = tripletLossOnEngine(both, triplets, { margin });
      return {
        loss,
        gradient: matrix(n, d, gradient.data.slice(0, n * d)),
        trainedGradients: [],
        terms,
        activeFraction: active / Math.max(1, mined.possible),
        // Of the new version alone: the old one cannot collapse.
        ...batchStatistics(miningBatch(embeddings, labels).distances, labels),
      };
    },
  };
}

/** Unit embeddings of net inputs as the net is used after training. */
function embedFrozen(net: Net, images: Float32Array, count: number, chunk: number): Matrix {
  const tf = loadEngine();
  const { inputSize, channels } = net.spec;
  const pixels = images.length / Math.max(1, count);
  let result: Matrix | undefined;
  for (let from = 0; from < count; from += chunk) {
    const rows = Math.min(chunk, count - from);
    tf.tidy(() => {
      const part = images.subarray(from * pixels, (from + rows) * pixels);
      const e = net.forward(tf.tensor4d(part, [rows, inputSize, inputSize, channels]), { training: false });
      result ??= matrix(count, e.shape[1]);
      result.data.set(e.dataSync() as Float32Array, from * e.shape[1]);
    });
  }
  return result ?? matrix(0, 0);
}
