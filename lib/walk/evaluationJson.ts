import type { ClusteringScores } from "../cluster/clusteringScores";
import type { ClipEvaluation } from "./clipStage";
import type { RowsEvaluation } from "./evaluateRows";

/** The machine's form: `verification` is over all pairs; the curve of the open set is left to `identify`. */
export function evaluationJson(evaluation: RowsEvaluation, clips: readonly ClipEvaluation[] = []): object {
  const { allPairs, intervals, identification, openSet, clustering, ...rest } = evaluation;
  const { auc, eer, smallestFar, points, roc } = allPairs;
  const pairs = { same: allPairs.samePairs, different: allPairs.differentPairs };
  const { cmc, ...identified } = identification;
  return {
    verification: { auc, eer, pairs, smallestFar, points, roc, intervals },
    identification: { ...identified, rank5: cmc[4], cmc },
    openSet: openSet && { ...openSet, open: { ...openSet.open, curve: undefined } },
    clustering: clustering && {
      ...clustering,
      kmeans: flatScores(clustering.kmeans),
      agglomerative: flatScores(clustering.agglomerative),
      hdbscan: flatScores(clustering.hdbscan),
    },
    ...rest,
    ...(clips.length > 0 && { clips }),
  };
}

/** `bcubed` and `pairwise` are F scores, their precision and recall beside them. */
function flatScores<Scores extends ClusteringScores>({ bcubed, pairwise, ...rest }: Scores): object {
  return {
    ...rest,
    bcubed: bcubed.f,
    bcubedPrecision: bcubed.precision,
    bcubedRecall: bcubed.recall,
    pairwise: pairwise.f,
    pairwisePrecision: pairwise.precision,
    pairwiseRecall: pairwise.recall,
  };
}
