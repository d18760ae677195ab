import { LabError } from "../core/errors";
import { type Matrix, matrix } from "../core/matrix";
import { tripletLossOnEngine } from "../losses/triplet";
import { type MiningBatch, miningBatch } from "../miners/batch";
import { drawn } from "../miners/drawn";
import { createMemory, type EmbeddingMemory, withMemory } from "../miners/memory";
import { type Miner, type MiningRule, miningRuleNames, miningRules } from "../miners/rules";
import type { Learned, Learner, ObjectiveContext, ObjectiveOptions } from "./learner";
import type { Kept } from "./objective";

/** The mining rule of a triplet loss unless another is named: the paper's, and `batch-hard` for the soft margin. */
export function usualMining(objective: string): MiningRule {
  return objective === "soft-triplet" ? "batch-hard" : "semi-hard-nearest";
}

/**
 * Mined triplets and their loss; `soft` takes the soft margin, whose usual rule is `batch-hard` (Hermans et al. 2017). With `memory` positives and
 * negatives may also be embeddings of past batches (Wang et al. 2020); they get no gradient.
 */
export function learnTriplets(
  soft: boolean,
): (options: ObjectiveOptions, context: ObjectiveContext) => Learner {
  return (options, { random, dimension }) => {
    const { margin = 0.2, mining = usualMining(soft ? "soft-triplet" : "triplet"), reduction } = options;
    const rule = ruleOf(mining);
    const learn = (x: Matrix, batch: MiningBatch): Learned => {
      const triplets = rule(batch, margin, random);
      const lossOptions = { margin: soft ? ("soft" as const) : margin, reduction, anchors: batch.size };
      const { loss, gradient, active } = tripletLossOnEngine(x, triplets, lossOptions);
      const terms = triplets.count;
      return { loss, gradient, terms, activeFraction: active / Math.max(1, triplets.possible) };
    };
    if (options.memory === undefined) return { features: "unit", learn: (x, _, batch) => learn(x, batch) };
    const memory = createMemory(options.memory, dimension);
    return {
      features: "unit",
      kept: keptMemory(memory),
      learn: (x, classes) => {
        const joined = withMemory(x, classes, memory);
        const learned = learn(
          joined.embeddings,
          miningBatch(joined.embeddings, joined.labels, { anchors: x.rows }),
        );
        memory.enqueue(x, classes);
        return learned;
      },
    };
  };
}

/** Labels are class numbers, exact as floats. */
function keptMemory(memory: EmbeddingMemory): Kept {
  return {
    read: () => {
      const { embeddings, labels } = memory.state();
      return [embeddings.data, Float32Array.from(labels)];
    },
    write: ([data, labels]) => {
      const rows = labels.length;
      if (rows > 0 && data.length % rows !== 0)
        throw new LabError("Cannot restore the memory: it is damaged");
      if (rows > 0)
        memory.restore({
          embeddings: matrix(rows, data.length / rows, data),
          labels: Int32Array.from(labels),
        });
    },
  };
}

function ruleOf(mining: MiningRule | "drawn"): Miner {
  if (mining === "drawn") return drawn;
  if (Object.hasOwn(miningRules, mining)) return miningRules[mining];
  throw new RangeError(
    `Cannot mine triplets: the rule must be one of ${miningRuleNames.join(", ")}, drawn, current value is ${String(mining)}`,
  );
}
