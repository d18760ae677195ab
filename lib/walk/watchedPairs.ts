import type { Products } from "../core/products";
import type { Progress } from "../core/progress";
import { engineProducts } from "../engine/products";

/** A look at all pairs in several steps that says how far it is, by the pairs whose products were asked for. */
export interface WatchedPairs {
  /** The engine's, counted. */
  readonly products: Products;
  /** Does one step; its name stands beside the progress. */
  step<T>(name: string, work: () => T): T;
  /** After the last step. */
  finish(): void;
}

/** `passes`: how often all pairs of `rows` rows will be looked at, about; more than that is reported as nearly done. */
export function watchPairs(rows: number, passes: number, progress?: Progress): WatchedPairs {
  const total = (passes * rows ** 2) / 2;
  let [seen, detail] = [0, ""];
  const report = (): void =>
    progress?.({ stage: "evaluate", done: Math.min(seen, 0.99 * total), total, detail });
  return {
    products: (a, m, b, n, d) => {
      const values = engineProducts(a, m, b, n, d);
      seen += m * n;
      report();
      return values;
    },
    step: (name, work) => {
      detail = name;
      report();
      return work();
    },
    finish: () => progress?.({ stage: "evaluate", done: total, total }),
  };
}
