import type { Matrix } from "../core/matrix";
import { contrastiveLossOnEngine } from "../losses/contrastive";
import type { LossResult } from "../losses/loss";
import { allPairs } from "../losses/pairs";
import type { Learned, Learner, ObjectiveOptions } from "./learner";

/**
 * The Siamese network's loss on all pairs of the batch. Pairs of one identity are rare among them, so both kinds get the same weight: the mean of
 * the two means. Differs from the papers (Chopra et al. 2005, Hadsell et al. 2006): they draw as many pairs of one kind as of the other.
 */
export function learnContrastive({ margin }: ObjectiveOptions): Learner {
  return {
    features: "unit",
    learn: (x, classes) => {
      const pairs = allPairs(classes);
      const [same, different] = [1, 0].map((kind) =>
        contrastiveLossOnEngine(x, ofKind(pairs, kind), { margin, reduction: "mean" }),
      );
      const data = same.gradient.data.map((g, i) => (g + different.gradient.data[i]) / 2);
      const terms = same.terms + different.terms;
      return {
        loss: (same.loss + different.loss) / 2,
        gradient: { ...same.gradient, data },
        terms,
        activeFraction: (same.active + different.active) / Math.max(1, terms),
      };
    },
  };
}

function ofKind(pairs: ReturnType<typeof allPairs>, kind: number): ReturnType<typeof allPairs> {
  const kept = Int32Array.from(pairs.same.keys()).filter((t) => pairs.same[t] === kind);
  return {
    count: kept.length,
    first: kept.map((t) => pairs.first[t]),
    second: kept.map((t) => pairs.second[t]),
    same: new Uint8Array(kept.length).fill(kind),
  };
}

type BatchLoss = (x: Matrix, labels: Int32Array, options: ObjectiveOptions) => LossResult;

/** A loss that looks at the whole batch and needs no mining. */
export function learnBatch(loss: BatchLoss): (options: ObjectiveOptions) => Learner {
  return (options) => ({
    features: "unit",
    learn: (x, labels): Learned => {
      const { loss: value, gradient, terms, active } = loss(x, labels, options);
      return { loss: value, gradient, terms, activeFraction: active / Math.max(1, terms) };
    },
  });
}
