import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { Clock, Line, Shared, type Use } from "../../lib/plan/events";

const exponential = (random: { next(): number }, mean: number): number => -mean * Math.log(1 - random.next());

/** Mean seconds that customers stay in a queue, who come at random. */
function meanStay(
  customers: number,
  arrivals: number,
  enter: (clock: Clock) => (then: () => void) => void,
): number {
  const clock = new Clock();
  const random = createRandom(11);
  const serve = enter(clock);
  let total = 0;
  let left = customers;
  const arrive = (): void => {
    const came = clock.now;
    serve(() => {
      total += clock.now - came;
    });
    if (--left > 0) clock.in(exponential(random, 1 / arrivals), arrive);
  };
  clock.in(0, arrive);
  clock.run();
  return total / customers;
}

function close(value: number, expected: number, share: number): void {
  assert.ok(Math.abs(value / expected - 1) < share, `${value} is not within ${100 * share} % of ${expected}`);
}

test("Clock.run() lets things happen by their time, at one time in the order of asking, and leaves out what was cancelled", () => {
  const clock = new Clock();
  const seen: string[] = [];
  for (const [delay, name] of [
    [3, "c"],
    [1, "a"],
    [3, "d"],
    [2, "b"],
  ] as const) {
    clock.in(delay, () => seen.push(`${name}${clock.now}`));
  }
  clock.in(2.5, () => seen.push("never")).cancelled = true;
  clock.in(1, () => clock.in(1, () => seen.push(`e${clock.now}`)));
  clock.run();
  assert.deepEqual(seen, ["a1", "b2", "e2", "c3", "d3"]);
});

test("Shared.use() gives two users half of the capacity each, and the rest all of it", () => {
  // Hand-worked: 10 units/s. A (20 units) alone for 1 s: 10 left. B (30) joins: 5 units/s each, A ends at 3 s with B at 20 left; B alone: 2 s more.
  const clock = new Clock();
  const link = new Shared(clock, 10);
  const ends: Record<string, number> = {};
  link.use(20, () => {
    ends.A = clock.now;
  });
  clock.in(1, () =>
    link.use(30, () => {
      ends.B = clock.now;
    }),
  );
  clock.run();
  assert.deepEqual(ends, { A: 3, B: 5 });
});

test("Shared.use() gives no user more than `most`, and Shared.drop() frees what a user had", () => {
  // Four cores, one each: two users end after 2 s as if alone. With one core, dropping one of two after 1 s leaves 1.5 units, that is 1.5 s.
  const clock = new Clock();
  const cores = new Shared(clock, 4, 1);
  const ends: number[] = [];
  for (let i = 0; i < 2; i++) cores.use(2, () => ends.push(clock.now));
  const one = new Shared(clock, 1);
  let dropped: Use | undefined;
  one.use(2, () => ends.push(clock.now));
  dropped = one.use(9, () => ends.push(-1));
  clock.in(1, () => dropped && one.drop(dropped));
  clock.run();
  assert.deepEqual(ends, [2, 2, 2.5]);
});

test("Line.join() of random customers waits as M/M/1 and M/D/1 queues do", () => {
  // λ = 0.7, service 1 s. M/M/1: stay 1/(μ − λ). M/D/1 (Pollaczek–Khinchine): stay 1 + ρ/(2(1 − ρ)).
  const markov = meanStay(200_000, 0.7, (clock) => {
    const random = createRandom(5);
    const line = new Line<number>((seconds, done) => clock.in(seconds, done));
    return (then) => line.join(exponential(random, 1), then);
  });
  close(markov, 1 / 0.3, 0.03);
  const fixed = meanStay(200_000, 0.7, (clock) => {
    const line = new Line<number>((seconds, done) => clock.in(seconds, done));
    return (then) => line.join(1, then);
  });
  close(fixed, 1 + 0.7 / 0.6, 0.03);
});

test("Shared.use() of random customers stays as M/G/1 with processor sharing, whatever the service's spread", () => {
  // Mean stay E[S]/(1 − ρ) depends on the mean alone: the same for fixed and for exponential service.
  for (const service of [() => 1, (random: { next(): number }) => exponential(random, 1)]) {
    const random = createRandom(8);
    const stay = meanStay(150_000, 0.6, (clock) => {
      const shared = new Shared(clock, 1);
      return (then) => {
        shared.use(service(random), then);
      };
    });
    close(stay, 1 / 0.4, 0.03);
  }
});

test("Shared.use() with two servers stays as M/M/2 with processor sharing (Erlang C)", () => {
  // λ = 1.2, μ = 1, c = 2, ρ = 0.6: P(wait) = ρ²·2/(1 + ρ) = 0.45; stay = 1 + 0.45/(2 − 1.2).
  const random = createRandom(9);
  const stay = meanStay(200_000, 1.2, (clock) => {
    const cores = new Shared(clock, 2, 1);
    return (then) => {
      cores.use(exponential(random, 1), then);
    };
  });
  close(stay, 1 + 0.45 / 0.8, 0.03);
});
