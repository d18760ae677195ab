/** Index triplets into a batch: `anchor[t]`, `positive[t]`, `negative[t]`, all of length `count`. */
export interface Triplets {
  readonly count: number;
  readonly anchor: Int32Array;
  readonly positive: Int32Array;
  readonly negative: Int32Array;
}

/** Collects triplets while a miner runs. */
export class TripletList {
  private readonly values: number[] = [];

  add(anchor: number, positive: number, negative: number): void {
    this.values.push(anchor, positive, negative);
  }

  toTriplets(): Triplets {
    const count = this.values.length / 3;
    const pick = (offset: number): Int32Array =>
      Int32Array.from({ length: count }, (_, t) => this.values[3 * t + offset]);
    return { count, anchor: pick(0), positive: pick(1), negative: pick(2) };
  }
}

/** What every miner reads: all squared L2 distances of a batch (N×N, row-major) and the identity of each row. */
export interface MiningBatch {
  readonly size: number;
  readonly distances: Float32Array;
  readonly labels: Int32Array;
}

/** Throws a RangeError unless there are N×N distances and N labels. */
export function checkMiningBatch(batch: MiningBatch): void {
  const { size, distances, labels } = batch;
  if (distances.length !== size * size || labels.length !== size) {
    throw new RangeError(
      `Cannot mine a batch of ${size}: ${size * size} distances and ${size} labels are needed, current values are ${distances.length} and ${labels.length}`,
    );
  }
}

/** Calls `visit` for every ordered pair (anchor, positive) of one identity: "all anchor–positive pairs" of the paper. */
export function forEachPositivePair(
  { size, labels }: MiningBatch,
  visit: (anchor: number, positive: number) => void,
): void {
  for (let a = 0; a < size; a++) {
    for (let p = 0; p < size; p++) if (p !== a && labels[p] === labels[a]) visit(a, p);
  }
}
