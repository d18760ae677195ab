/** The parts of a discrete-event simulation: a clock, resources that users share equally, and a line before one server. Nothing is random here. */

/** Something that will happen. */
export interface Happening {
  readonly time: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** A binary heap of what will happen, the earliest first; at one time in the order of asking. */
class Agenda {
  private readonly heap: Happening[] = [];

  push(item: Happening): void {
    const { heap } = this;
    let i = heap.push(item) - 1;
    while (i > 0) {
      const above = (i - 1) >> 1;
      if (!before(heap[i], heap[above])) break;
      [heap[i], heap[above]] = [heap[above], heap[i]];
      i = above;
    }
  }

  first(): Happening | undefined {
    return this.heap[0];
  }

  pop(): Happening | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      const right = left + 1;
      let least = i;
      if (left < heap.length && before(heap[left], heap[least])) least = left;
      if (right < heap.length && before(heap[right], heap[least])) least = right;
      if (least === i) return first;
      [heap[i], heap[least]] = [heap[least], heap[i]];
      i = least;
    }
  }
}

function before(a: Happening, b: Happening): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

/** The time of a simulation, and what will happen in it. */
export class Clock {
  /** Seconds since the beginning. */
  now: number = 0;
  private readonly agenda: Agenda = new Agenda();
  private order = 0;

  /** Runs `run` in `delay` ≥ 0 seconds. */
  in(delay: number, run: () => void): Happening {
    const happening = { time: this.now + delay, order: this.order++, run, cancelled: false };
    this.agenda.push(happening);
    return happening;
  }

  /** Lets everything happen, until nothing is left. */
  run(): void {
    for (let next = this.agenda.pop(); next; next = this.agenda.pop()) {
      if (next.cancelled) continue;
      this.now = next.time;
      next.run();
    }
  }
}

/** One use of a {@link Shared}. */
export interface Use extends Happening {}

/**
 * A resource of so many units per second that all users share equally, none of them getting more than `most`: cores, a link, a store (processor sharing). All users
 * have the same speed, so the one that ends first is the one whose end comes first on a clock of work done per user.
 */
export class Shared {
  private readonly clock: Clock;
  private readonly capacity: number;
  private readonly most: number;
  private readonly users: Agenda = new Agenda();
  private count = 0;
  private order = 0;
  /** Units that every user has had by now. */
  private done = 0;
  private since = 0;
  private next: Happening | undefined;

  constructor(clock: Clock, capacity: number, most: number = capacity) {
    this.clock = clock;
    this.capacity = capacity;
    this.most = most;
  }

  /** Calls `then` when `units` were done. */
  use(units: number, then: () => void): Use {
    this.advance();
    const use: Use = { time: this.done + units, order: this.order++, run: then, cancelled: false };
    this.users.push(use);
    this.count++;
    this.plan();
    return use;
  }

  /** Ends a use that is not done. */
  drop(use: Use): void {
    if (use.cancelled) return;
    this.advance();
    use.cancelled = true;
    this.count--;
    this.plan();
  }

  private advance(): void {
    const { now } = this.clock;
    if (this.count > 0 && now > this.since) this.done += (now - this.since) * this.speed();
    this.since = now;
  }

  private speed(): number {
    return Math.min(this.most, this.capacity / this.count);
  }

  private plan(): void {
    if (this.next) this.next.cancelled = true;
    this.next = undefined;
    while (this.users.first()?.cancelled) this.users.pop();
    const first = this.users.first();
    if (!first) return;
    const speed = this.speed();
    const left = Math.max(0, first.time - this.done);
    this.next = this.clock.in(speed === Number.POSITIVE_INFINITY ? 0 : left / speed, () => {
      this.advance();
      // Rounding must not leave a rest.
      this.done = Math.max(this.done, first.time);
      this.users.pop();
      first.cancelled = true;
      this.count--;
      this.plan();
      first.run();
    });
  }
}

/** One server that takes one after the other, first come first served. `serve` does the work and calls back. */
export class Line<T> {
  private readonly waiting: { readonly work: T; readonly then: () => void }[] = [];
  private readonly serve: (work: T, done: () => void) => void;
  private head = 0;
  private busy = false;

  constructor(serve: (work: T, done: () => void) => void) {
    this.serve = serve;
  }

  join(work: T, then: () => void): void {
    this.waiting.push({ work, then });
    if (!this.busy) this.takeNext();
  }

  private takeNext(): void {
    const next = this.waiting[this.head++];
    if (!next) {
      this.waiting.length = 0;
      this.head = 0;
      this.busy = false;
      return;
    }
    this.busy = true;
    this.serve(next.work, () => {
      next.then();
      this.takeNext();
    });
  }
}
