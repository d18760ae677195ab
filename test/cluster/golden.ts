import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Linkage } from "../../lib/cluster/agglomerative";
import { packageRoot } from "../../lib/core/folders";
import { type Matrix, matrix } from "../../lib/core/matrix";
import type { VoteRule } from "../../lib/evaluate/knn";

/** scikit-learn's answers; `made` in the file names command, versions and date. */
interface Golden {
  readonly columns: number;
  readonly x: readonly number[];
  readonly labels: readonly number[];
  readonly grid: readonly number[];
  readonly gridLabels: readonly number[];
  readonly scores: readonly {
    readonly labels: readonly number[];
    readonly clusters: readonly number[];
    readonly ami: number;
    readonly nmi: number;
    readonly ari: number;
    readonly pairwise: readonly (number | null)[];
  }[];
  readonly kmeans: readonly {
    readonly start: readonly number[];
    readonly inertia: number;
    readonly clusters: readonly number[];
  }[];
  readonly trees: readonly {
    readonly linkage: Linkage;
    readonly heights: readonly number[];
    readonly threshold: number;
    readonly below: readonly number[];
    readonly ten: readonly number[];
  }[];
  readonly dbscan: readonly {
    readonly data: "x" | "grid";
    readonly radius: number;
    readonly least: number;
    readonly clusters: readonly number[];
  }[];
  readonly votes: readonly {
    readonly data: "x" | "grid";
    readonly gallery: number;
    readonly k: number;
    readonly vote: VoteRule;
    /** Share of the votes of each label, per probe. */
    readonly shares: readonly (readonly number[])[];
    /** Whether the k neighbours themselves are a tie. */
    readonly ambiguous: readonly boolean[];
  }[];
  readonly silhouettes: readonly { readonly clusters: readonly number[]; readonly mean: number }[];
}

/** test/golden/clustering.json, made by `python test/golden/clustering.py` with scikit-learn 1.9.1 on 2026-11-25. */
export const golden: Golden = JSON.parse(
  readFileSync(join(packageRoot(), "test", "golden", "clustering.json"), "utf8"),
);

export const goldenRows: { readonly x: Matrix; readonly grid: Matrix } = {
  x: matrix(golden.labels.length, golden.columns, Float32Array.from(golden.x)),
  grid: matrix(golden.gridLabels.length, 2, Float32Array.from(golden.grid)),
};
