import { throwIfStopped } from "../core/errors";
import type { Matrix } from "../core/matrix";
import type { LongWork } from "../core/progress";
import { createRandom } from "../core/random";
import type { PairList } from "../data/dataset";
import type { OneShotItems } from "../data/omniglot";
import { type AllPairsResult, allPairsVal } from "../evaluate/allPairs";
import { pairDistances } from "../evaluate/distances";
import { type HardestResult, hardestPairs } from "../evaluate/hardest";
import { type IdentificationResult, identify } from "../evaluate/identification";
import { type OneShotResult, oneShot } from "../evaluate/oneShot";
import { type Roc, rocCurve } from "../evaluate/roc";
import { type VerificationResult, verification } from "../evaluate/verification";
import { effectiveRank } from "../project/pca";
import { type OpenSetEvaluation, openSetOf } from "./evaluateRows";
import { watchPairs } from "./watchedPairs";

/** Every number of one evaluation. Distances are squared L2. */
export interface Evaluation {
  readonly verification: VerificationResult;
  readonly distances: Float32Array;
  readonly roc: Roc;
  readonly allPairs: AllPairsResult;
  readonly identification: IdentificationResult;
  /** Closed beside open set; null with fewer than two identities of two images. */
  readonly openSet: OpenSetEvaluation | null;
  readonly hardest: HardestResult;
  /** Effective rank of the embeddings: near 1 means collapse. */
  readonly effectiveRank: number;
  readonly oneShot?: OneShotResult;
}

/**
 * Evaluates embeddings (row = test image): listed pairs, all pairs, identification, hardest pairs, and one-shot runs where there are any. Aborting `signal` rejects with
 * `Interrupted` between two of these steps.
 */
export async function evaluateStage(
  x: Matrix,
  labels: Int32Array,
  pairs: PairList,
  oneShotRuns: readonly OneShotItems[] = [],
  { progress, signal, seed = 1 }: LongWork & { readonly seed?: number } = {},
): Promise<Evaluation> {
  // All pairs, identification, hardest pairs.
  const { products, finish, ...watched } = watchPairs(x.rows, 3, progress);
  const step = async <T>(name: string, work: () => T): Promise<T> => {
    await new Promise((resolve) => setImmediate(resolve));
    throwIfStopped(signal, "evaluation; the trained net is kept");
    return watched.step(name, work);
  };
  const distances = pairDistances(x, pairs.first, pairs.second);
  const listed = await step("listed pairs", () => verification({ ...pairs, distances }));
  const allPairs = await step("all pairs", () => allPairsVal(x, labels, { products }));
  const random = createRandom(seed);
  const identification = await step("identification", () =>
    identify(x, labels, { products, random: random.fork("probes") }),
  );
  const openSet = await step("open set", () => openSetOf(x, labels, random.fork("open set"), products));
  const hardest = await step("hardest pairs", () => hardestPairs(x, labels, { products }));
  const rank = await step("effective rank", () => effectiveRank(x));
  finish();
  return {
    verification: listed,
    distances,
    roc: rocCurve(distances, pairs.same),
    allPairs,
    identification,
    openSet,
    hardest,
    effectiveRank: rank,
    oneShot: oneShotRuns.length > 0 ? oneShot(x, oneShotRuns) : undefined,
  };
}

/** One-shot runs of items as runs of rows; a run that needs an image which could not be read is left out. */
export function oneShotRows(runs: readonly OneShotItems[], itemIndex: Int32Array): OneShotItems[] {
  const rowOf = new Map(Array.from(itemIndex, (item, row) => [item, row]));
  const whole = runs.filter((run) => [...run.training, ...run.test].every((item) => rowOf.has(item)));
  const rows = (items: readonly number[]): number[] => items.map((item) => rowOf.get(item) as number);
  return whole.map((run) => ({ training: rows(run.training), test: rows(run.test), answer: run.answer }));
}
