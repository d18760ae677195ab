import type { Matrix } from "../core/matrix";
import type { CropSet, PairList } from "../data/dataset";
import { engineProducts } from "../engine/products";
import { pairDistances } from "../evaluate/distances";
import { type HardestResult, type HardPair, hardestPairs } from "../evaluate/hardest";
import { type Rescored, rescore, suspectedPairs } from "../evaluate/labelErrors";
import { type PairError, pairErrors } from "../evaluate/pairErrors";
import { type VerificationResult, verification } from "../evaluate/verification";
import type { AtlasPair, AtlasSection } from "../report/errorAtlas";
import type { Mark, Suspect } from "./marks";

/** What a protocol gets wrong and why that may be the labels' fault. Pairs are indices into the list. */
export interface ErrorAnalysis {
  readonly distances: Float32Array;
  readonly verification: VerificationResult;
  /** Every error, false accepts first, worst first. */
  readonly errors: readonly PairError[];
  /** Suspected labels, and every pair that was marked. */
  readonly suspects: readonly number[];
  /** Rows of the images. */
  readonly hardest: HardestResult;
  readonly rescored: Rescored;
}

/** Options of {@link analyseErrors}. */
export interface ErrorOptions {
  /** What a reader said of pairs; default nothing. */
  readonly marks?: ReadonlyMap<number, Mark>;
  /** Hardest pairs of each kind over all images; default 24. */
  readonly count?: number;
}

/** Verifies the pairs, ranks what went wrong and rescores with the pairs that are marked wrong turned and left out. */
export function analyseErrors(
  x: Matrix,
  labels: ArrayLike<number>,
  pairs: PairList,
  options: ErrorOptions = {},
): ErrorAnalysis {
  const { marks = new Map<number, Mark>(), count = 24 } = options;
  const distances = pairDistances(x, pairs.first, pairs.second);
  const scored = { ...pairs, distances };
  const result = verification(scored);
  const errors = pairErrors(scored, result.perFold);
  const suspected = suspectedPairs(errors);
  const marked = [...marks.keys()].filter((pair) => !suspected.includes(pair));
  const wrong = new Set([...marks].filter(([, mark]) => mark === "wrong").map(([pair]) => pair));
  return {
    distances,
    verification: result,
    errors,
    suspects: [...suspected, ...marked],
    hardest: hardestPairs(x, labels, { count, products: engineProducts }),
    rescored: rescore(scored, wrong),
  };
}

/** The suspects with the names of their images, ready for the file in which they are marked. */
export function suspectsOf(
  { suspects, distances }: ErrorAnalysis,
  pairs: PairList,
  names: readonly string[],
  marks: ReadonlyMap<number, Mark>,
): Suspect[] {
  return suspects.map((pair) => ({
    first: names[pairs.first[pair]],
    second: names[pairs.second[pair]],
    same: pairs.same[pair] === 1,
    distance: distances[pair],
    mark: marks.get(pair),
  }));
}

/** The sections of the atlas; at most `most` pairs in each. */
export function atlasSections(
  { errors, suspects, distances, hardest }: ErrorAnalysis,
  pairs: PairList,
  crops: CropSet,
  options: { readonly marks?: ReadonlyMap<number, Mark>; readonly most?: number } = {},
): AtlasSection[] {
  const { marks, most = 120 } = options;
  const listed = (pair: number, note?: string): AtlasPair => ({
    first: pairs.first[pair],
    second: pairs.second[pair],
    distance: distances[pair],
    same: pairs.same[pair] === 1,
    note,
  });
  const section = (title: string, text: string, all: readonly AtlasPair[]): AtlasSection => {
    const shown = all.length > most ? ` ${most} of ${all.length} are shown.` : "";
    return { title, text: text + shown, pairs: all.slice(0, most) };
  };
  const wrong = (kind: PairError["kind"]): AtlasPair[] =>
    errors
      .filter((error) => error.kind === kind)
      .map(({ pair, threshold }) => listed(pair, `threshold ${threshold.toFixed(3)}`));
  const hard = ({ first, second, distance }: HardPair): AtlasPair => {
    const same = crops.labels[first] === crops.labels[second];
    return { first, second, distance, same };
  };
  return [
    section(
      "False accepts",
      "Labelled different, yet nearer than the threshold of their fold; the nearest first.",
      wrong("false accept"),
    ),
    section(
      "False rejects",
      "Labelled same, yet farther apart than the threshold of their fold; the farthest first.",
      wrong("false reject"),
    ),
    section(
      "Suspected labels",
      "Errors of both kinds, the farthest beyond their threshold first, and what was marked before. Look, then mark them wrong or right in suspects.csv.",
      suspects.map((pair) => listed(pair, marks?.get(pair))),
    ),
    section(
      "Hardest positives",
      "Over all pairs of the images that the protocol names: one identity, farthest apart.",
      hardest.positives.map(hard),
    ),
    section(
      "Hardest negatives",
      "Over all pairs of the images that the protocol names: two identities, nearest to each other.",
      hardest.negatives.map(hard),
    ),
  ];
}
