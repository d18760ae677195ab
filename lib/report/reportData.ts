import type { CropSet, SkippedItem } from "../data/dataset";
import type { CmcSeries } from "../figures/cmcFigure";
import type { DirFigureData } from "../figures/dirFigure";
import type { MapPair } from "../figures/embeddingMap";
import type { CurveData } from "../figures/trainingCurves";
import type { Raster } from "../image/raster";

/** A key number: what it is, its value as text, and what it means or how sure it is. */
export interface Card {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
}

/** Everything that the report shows. Rows are rows of `crops`, the test images. */
export interface ReportData {
  readonly title: string;
  readonly subtitle: string;
  readonly cards: readonly Card[];
  /** Paragraphs on data, protocol and what the numbers do not say. */
  readonly paragraphs: readonly string[];
  readonly alignment: {
    readonly text: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly examples: readonly { readonly before: Raster; readonly after: Raster; readonly name: string }[];
  };
  /** What a reader has to know about the curves of the training. */
  readonly training: string;
  readonly history: CurveData;
  readonly verification: {
    readonly distances: ArrayLike<number>;
    readonly same: ArrayLike<number>;
    readonly threshold: number;
    readonly auc: number;
    readonly roc: readonly { readonly far: number; readonly val: number }[];
    readonly operating: readonly { readonly far: number; readonly val: number; readonly threshold: number }[];
  };
  readonly identification: {
    readonly cmc: readonly CmcSeries[];
    /** Where strangers could be set aside. */
    readonly openSet?: DirFigureData;
  };
  readonly crops: CropSet;
  readonly map: {
    /** Rows that are on the map. */
    readonly rows: ArrayLike<number>;
    readonly umap: Float32Array;
    readonly pca: Float32Array;
    /** Share of variance on the two PCA axes. */
    readonly explained: readonly number[];
    /** Pairs of positions on the map. */
    readonly hardPositives: readonly MapPair[];
    readonly hardNegatives: readonly MapPair[];
  };
  readonly hardest: { readonly positives: readonly MapPair[]; readonly negatives: readonly MapPair[] };
  /** Files and folders that were left out, perhaps not all of `count`; default none. */
  readonly leftOut?: { readonly items: readonly SkippedItem[]; readonly count: number };
  /** Seconds per stage. */
  readonly stages: Readonly<Record<string, number>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly versions: Readonly<Record<string, string>>;
  /** The command that makes this report again. */
  readonly command: string;
}
