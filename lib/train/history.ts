/** What a run showed while it ran. Columns of equal length; all distances are squared L2; seconds are training time without evaluations. */
export interface TrainingHistory {
  readonly steps: {
    readonly step: number[];
    readonly seconds: number[];
    readonly loss: number[];
    readonly activeFraction: number[];
    readonly meanPositive: number[];
    readonly meanNegative: number[];
    readonly hardestPositive: number[];
    readonly hardestNegative: number[];
    /** Dimensions that the batch's embeddings fill. */
    readonly batchRank: number[];
    readonly learningRate: number[];
    /** Length of the step that the net's weights took over their own length. */
    readonly relativeStep: number[];
  };
  readonly evaluations: {
    readonly step: number[];
    readonly seconds: number[];
    readonly accuracy: number[];
    readonly auc: number[];
  };
}

export function emptyHistory(): TrainingHistory {
  return {
    steps: {
      step: [],
      seconds: [],
      loss: [],
      activeFraction: [],
      meanPositive: [],
      meanNegative: [],
      hardestPositive: [],
      hardestNegative: [],
      batchRank: [],
      learningRate: [],
      relativeStep: [],
    },
    evaluations: { step: [], seconds: [], accuracy: [], auc: [] },
  };
}

/** Appends one value to every column of a table. */
export function appendRow<K extends string>(
  table: Readonly<Record<K, number[]>>,
  row: Readonly<Record<NoInfer<K>, number>>,
): void {
  for (const key of Object.keys(table) as K[]) table[key].push(row[key]);
}
