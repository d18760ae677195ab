import type { Matrix } from "../core/matrix";
import type { HardPair } from "../evaluate/hardest";
import type { Quantized } from "../evaluate/quantize";
import type { SpriteSheet } from "../figures/sprites";
import type { PairRates } from "./pairRates";

/** The same N points as one checkpoint of a net sees them. */
export interface ExploreEpoch {
  /** What the slider says, for example `step 300`. */
  readonly label: string;
  /** N×D in 8-bit codes: what the page computes neighbours from. */
  readonly vectors: Quantized;
  /** N×2. */
  readonly umap2: Matrix;
  /** N×3. */
  readonly umap3: Matrix;
  /** N×3; the first two axes are the two-dimensional PCA. */
  readonly pca: Matrix;
  readonly rates: PairRates;
  /** Squared L2 to the nearest other identity per point; infinite where there is none. */
  readonly nearestNegative: Float32Array;
  /** Squared L2 to the farthest point of the own identity; −1 where there is none. */
  readonly farthestPositive: Float32Array;
  /** Hardest first. */
  readonly hardPositives: readonly HardPair[];
  readonly hardNegatives: readonly HardPair[];
}

/** Everything that the explorer shows: N points, one or more epochs. Names are data, never markup. */
export interface ExploreData {
  readonly title: string;
  readonly subtitle: string;
  /** What a reader must know: what was left out, what motion means, how numbers were rounded. */
  readonly notes: readonly string[];
  /** N names; may repeat where the source has none. */
  readonly names: readonly string[];
  /** Position in `identities` per point. */
  readonly labels: Int32Array;
  readonly identities: readonly string[];
  /** Columns that points can be coloured by, N cells each. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** A thumbnail per point; undefined where there are no pictures. */
  readonly sheet?: SpriteSheet;
  /** In order of training; the last one is the finished model. */
  readonly epochs: readonly ExploreEpoch[];
  /** Squared L2 from one threshold of `rates` to the next. */
  readonly thresholdStep: number;
  /** Squared L2 of the model's own threshold, where it has one. */
  readonly threshold?: number;
  /** Share of the variance of the last epoch on each PCA axis. */
  readonly explained: readonly number[];
}
