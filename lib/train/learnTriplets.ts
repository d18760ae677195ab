import { tripletLossOnEngine } from "../losses/triplet";
import { type MiningRule, miningRules } from "../miners/rules";
import type { Learner, ObjectiveContext, ObjectiveOptions } from "./learner";

/** Mined triplets and their loss; `soft` takes the soft margin, whose usual rule is `batch-hard` (Hermans et al. 2017). */
export function learnTriplets(
  soft: boolean,
): (options: ObjectiveOptions, context: ObjectiveContext) => Learner {
  return ({ margin = 0.2, mining = soft ? "batch-hard" : "semi-hard-nearest", reduction }, { random }) => {
    checkRule(mining);
    return {
      features: "unit",
      learn: (x, labels, distances) => {
        const triplets = miningRules[mining]({ size: x.rows, distances, labels }, margin, random);
        const options = { margin: soft ? ("soft" as const) : margin, reduction };
        const { loss, gradient, active } = tripletLossOnEngine(x, triplets, options);
        const chances = mining === "batch-hard" ? x.rows : positivePairs(labels);
        return { loss, gradient, terms: triplets.count, activeFraction: active / Math.max(1, chances) };
      },
    };
  };
}

function checkRule(mining: MiningRule): void {
  if (Object.hasOwn(miningRules, mining)) return;
  throw new RangeError(
    `Cannot mine triplets: the rule must be one of ${Object.keys(miningRules).join(", ")}, current value is ${String(mining)}`,
  );
}

/** Ordered pairs (anchor, positive). */
function positivePairs(labels: Int32Array): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum + count * (count - 1), 0);
}
