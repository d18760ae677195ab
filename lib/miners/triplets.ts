/** Index triplets into the rows of a batch: `anchor[t]`, `positive[t]`, `negative[t]`, all of length `count`. */
export interface Triplets {
  readonly count: number;
  readonly anchor: Int32Array;
  readonly positive: Int32Array;
  readonly negative: Int32Array;
  /**
   * Triplets the rule would have given had every one of its places been filled: anchors for a rule that gives one triplet an anchor,
   * anchor–positive pairs for one that gives one a pair, all triplets for `all`. `count` ≤ `possible`.
   */
  readonly possible: number;
}

/** Collects triplets while a miner runs: three arrays that double when they are full, 12 bytes a triplet. */
export class TripletList {
  private count = 0;
  private anchor: Int32Array;
  private positive: Int32Array;
  private negative: Int32Array;

  /** `capacity`: triplets that fit before the first growth, at least 1. */
  constructor(capacity: number = 1024) {
    this.anchor = new Int32Array(capacity);
    this.positive = new Int32Array(capacity);
    this.negative = new Int32Array(capacity);
  }

  add(anchor: number, positive: number, negative: number): void {
    if (this.count === this.anchor.length) {
      this.anchor = doubled(this.anchor);
      this.positive = doubled(this.positive);
      this.negative = doubled(this.negative);
    }
    this.anchor[this.count] = anchor;
    this.positive[this.count] = positive;
    this.negative[this.count] = negative;
    this.count++;
  }

  /** The triplets so far, copied to their exact length. */
  toTriplets(possible: number): Triplets {
    const { count } = this;
    return {
      count,
      anchor: this.anchor.slice(0, count),
      positive: this.positive.slice(0, count),
      negative: this.negative.slice(0, count),
      possible,
    };
  }
}

function doubled(values: Int32Array): Int32Array {
  const larger: Int32Array = new Int32Array(2 * values.length);
  larger.set(values);
  return larger;
}
