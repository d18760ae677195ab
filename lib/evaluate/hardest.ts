import type { Matrix } from "../core/matrix";
import { type BlockOptions, forEachPairDistance } from "./distances";

/** Two rows and their squared L2. */
export interface HardPair {
  readonly first: number;
  readonly second: number;
  readonly distance: number;
}

/** Options of {@link hardestPairs}. */
export interface HardestOptions extends BlockOptions {
  /** Pairs of each kind; default 24. */
  readonly count?: number;
  /** At most so many pairs that touch one identity, so that a single odd identity does not fill the list; default 2. */
  readonly perIdentity?: number;
}

export interface HardestResult {
  /** Same identity, farthest first. */
  readonly positives: readonly HardPair[];
  /** Different identities, nearest first. */
  readonly negatives: readonly HardPair[];
}

/**
 * The hardest positives and negatives over all pairs, as one would take them from the whole sorted list. Ties: smaller row numbers first. One pass over the pairs, and one
 * more each time that `perIdentity` refuses nearly all of the hardest.
 */
export function hardestPairs(
  x: Matrix,
  labels: ArrayLike<number>,
  options: HardestOptions = {},
): HardestResult {
  const { count = 24, perIdentity = 2 } = options;
  const positives = new Choice(-1, labels, count, perIdentity);
  const negatives = new Choice(1, labels, count, perIdentity);
  while (positives.open || negatives.open) {
    forEachPairDistance(
      x,
      (first, second, distance) => {
        const choice = labels[first] === labels[second] ? positives : negatives;
        choice.offer(first, second, distance);
      },
      options,
    );
    positives.choose();
    negatives.choose();
  }
  return { positives: positives.chosen, negatives: negatives.chosen };
}

/** Pairs of one kind, the hardest first and at most `perIdentity` that touch one identity: all pairs are offered, then some are chosen, as long as it is open. */
class Choice {
  readonly chosen: HardPair[] = [];
  /** Whether another look at all pairs may find more. */
  open: boolean;
  private readonly sign: 1 | -1;
  private readonly labels: ArrayLike<number>;
  private readonly count: number;
  private readonly perIdentity: number;
  private readonly used = new Map<number, number>();
  private list: Shortlist;
  /** Pairs up to this one were looked at. */
  private last: HardPair | undefined;

  /** `sign` 1 prefers small distances, −1 large ones. */
  constructor(sign: 1 | -1, labels: ArrayLike<number>, count: number, perIdentity: number) {
    this.sign = sign;
    this.labels = labels;
    this.count = count;
    this.perIdentity = perIdentity;
    this.open = count > 0;
    this.list = this.emptyList();
  }

  offer(first: number, second: number, distance: number): void {
    if (!this.open || !this.list.takes(distance)) return;
    const pair = { first, second, distance };
    if (this.last && (this.isFull(pair) || order(pair, this.last, this.sign) <= 0)) return;
    this.list.add(pair);
  }

  choose(): void {
    if (!this.open) return;
    const pairs = this.list.sorted();
    for (const pair of pairs) {
      if (this.chosen.length === this.count || this.isFull(pair)) continue;
      for (const id of this.identities(pair)) this.used.set(id, (this.used.get(id) ?? 0) + 1);
      this.chosen.push(pair);
    }
    this.open = this.list.cut && this.chosen.length < this.count;
    this.last = pairs.at(-1);
    this.list = this.emptyList();
  }

  /** More than wanted are kept, because the limit per identity refuses some. */
  private emptyList(): Shortlist {
    return new Shortlist(this.count * 50, this.sign);
  }

  private isFull(pair: HardPair): boolean {
    return this.identities(pair).some((id) => (this.used.get(id) ?? 0) >= this.perIdentity);
  }

  private identities({ first, second }: HardPair): number[] {
    const [a, b] = [this.labels[first], this.labels[second]];
    return a === b ? [a] : [a, b];
  }
}

function order(a: HardPair, b: HardPair, sign: 1 | -1): number {
  return sign * (a.distance - b.distance) || a.first - b.first || a.second - b.second;
}

/** Keeps the `room` pairs with the smallest keys: collects twice as many, then sorts and cuts. */
class Shortlist {
  /** Whether a pair had no room. */
  cut = false;
  /** The worst key that can still get in. */
  private limit = Number.POSITIVE_INFINITY;
  private pairs: HardPair[] = [];
  private readonly room: number;
  private readonly sign: 1 | -1;

  constructor(room: number, sign: 1 | -1) {
    this.room = room;
    this.sign = sign;
  }

  takes(distance: number): boolean {
    if (this.sign * distance <= this.limit) return true;
    this.cut = true;
    return false;
  }

  add(pair: HardPair): void {
    this.pairs.push(pair);
    if (this.pairs.length < 2 * this.room) return;
    this.pairs = this.sorted();
    this.limit = this.sign * this.pairs[this.pairs.length - 1].distance;
  }

  sorted(): HardPair[] {
    this.cut ||= this.pairs.length > this.room;
    return this.pairs.sort((a, b) => order(a, b, this.sign)).slice(0, this.room);
  }
}
