import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { appendRow, emptyHistory, type TrainingHistory } from "../../lib/train/history";
import { type TroubleName, troublesOf } from "../../lib/train/trouble";

interface Row {
  readonly loss: number;
  readonly active?: number;
  readonly negative?: number;
  readonly rank?: number;
  readonly leap?: number;
}

function historyOf(rows: readonly Row[]): TrainingHistory {
  const history = emptyHistory();
  rows.forEach(({ loss, active = 0.5, negative = 1.5, rank = 8, leap = 0.01 }, i) => {
    appendRow(history.steps, {
      ...{ step: i + 1, seconds: i, loss, activeFraction: active, learningRate: 0.01 },
      ...{ meanPositive: 0.5, meanNegative: negative, hardestPositive: 1, hardestNegative: 0.1 },
      ...{ batchRank: rank, relativeStep: leap },
    });
  });
  return history;
}

const repeated = (count: number, row: Row): Row[] => Array.from({ length: count }, () => row);
const names = (rows: readonly Row[], margin?: number): TroubleName[] =>
  troublesOf(historyOf(rows), { margin, window: 4 }).map(({ name }) => name);

test("troublesOf() names nothing in a healthy run, and nothing before one window is full", () => {
  const healthy = Array.from({ length: 30 }, (_, i): Row => ({ loss: 0.19 - 0.003 * i }));
  assert.deepEqual(names(healthy, 0.2), []);
  assert.deepEqual(names(repeated(3, { loss: 0.2, negative: 0, active: 0 }), 0.2), []);
  assert.deepEqual(names([]), []);
});

test("troublesOf() names each trouble alone", () => {
  assert.deepEqual(names(repeated(8, { loss: 0.15, rank: 1.2 })), ["flat"]);
  assert.deepEqual(names(repeated(8, { loss: 0.15, leap: 0.2 })), ["rate"]);
  assert.deepEqual(names(repeated(8, { loss: 0.15, negative: 0.01 }), 0.2), ["collapse"]);
  assert.deepEqual(names(repeated(8, { loss: 0.2005 }), 0.2), ["stuck"]);
  assert.deepEqual(names(repeated(8, { loss: 0.2005 })), []);
  assert.deepEqual(names(repeated(8, { loss: 0.15, active: 0.001 }), 0.2), ["idle"]);
  assert.deepEqual(names([...repeated(8, { loss: 1 }), ...repeated(4, { loss: 2.1 })]), ["exploding"]);
});

test("troublesOf() by hand: a collapse is dated at the end of the first window below the limit, with the last window's mean", () => {
  // Negatives 1, 1, 1, 1, then 0. Windows of 4 that end at steps 4…10 have the means 1, 3/4, 1/2, 1/4, 0, 0, 0: below 0.05 from step 8 on.
  const rows = [...repeated(4, { loss: 0.1, negative: 1 }), ...repeated(6, { loss: 0.1, negative: 0 })];
  const [trouble] = troublesOf(historyOf(rows), { window: 4 });
  assert.deepEqual([trouble.name, trouble.since, trouble.value, trouble.limit], ["collapse", 8, 0, 0.05]);
  assert.match(trouble.advice, /semi-hard/);
});

test("troublesOf() forgets a trouble that the run has left behind", () => {
  const low = repeated(10, { loss: 0.2, negative: 0.01 });
  assert.deepEqual(names(low, 0.2), ["collapse", "stuck"]);
  assert.deepEqual(names([...low, ...repeated(10, { loss: 0.1 })], 0.2), []);
});

test("troublesOf() calls no batch flat that cannot fill four dimensions", () => {
  const history = historyOf(repeated(8, { loss: 0.1, rank: 1.2 }));
  const named = (dimensions: number): TroubleName[] =>
    troublesOf(history, { window: 4, dimensions }).map(({ name }) => name);
  assert.deepEqual([named(3), named(4)], [[], ["flat"]]);
});

test("troublesOf() calls a loss exploding that grew, not one that trembles near its least", () => {
  // Least 0.01, first 5: twice the least is 0.02, but a tenth of the first above it is 0.51.
  const learned = [...repeated(4, { loss: 5 }), ...repeated(4, { loss: 0.01 })];
  assert.deepEqual(names([...learned, ...repeated(4, { loss: 0.4 })]), []);
  assert.deepEqual(names([...learned, ...repeated(4, { loss: 0.6 })]), ["exploding"]);
});

test("troublesOf() calls no loss exploding that is below a tenth of the run's first loss or half the margin", () => {
  // The first loss is 1, but the first window of 4 has the mean 0.25 + 0.75 · 0.02 = 0.265, a tenth of which is 0.0265.
  const learned = [{ loss: 1 }, ...repeated(10, { loss: 0.02 })];
  assert.deepEqual(names([...learned, ...repeated(4, { loss: 0.09 })]), []);
  assert.deepEqual(names([...learned, ...repeated(4, { loss: 0.11 })]), ["exploding"]);
  // Most batches without a loss and some with one: means over a window that double, below half the margin.
  const easy = [...repeated(4, { loss: 0.01 }), ...repeated(4, { loss: 0.001 })];
  assert.deepEqual(names([...easy, ...repeated(4, { loss: 0.09 })], 0.2), []);
  assert.deepEqual(names([...easy, ...repeated(4, { loss: 0.11 })], 0.2), ["exploding"]);
  assert.deepEqual(names([...easy, ...repeated(4, { loss: 0.09 })]), ["exploding"]);
});

test("troublesOf() advises no larger batches where each holds all training identities", () => {
  const advised = (row: Row, allInBatch: boolean): string =>
    troublesOf(historyOf(repeated(8, row)), { window: 4, allInBatch })[0].advice;
  const [idle, flat] = [
    { loss: 0.1, active: 0 },
    { loss: 0.1, rank: 1.2 },
  ];
  assert.match(advised(idle, false), /larger batches/);
  assert.match(advised(flat, false), /more identities per batch/);
  assert.match(advised(idle, true), /each batch holds all training identities\. Choose a harder rule/);
  assert.doesNotMatch(advised(idle, true) + advised(flat, true), /larger batches|per batch/);
});

test("troublesOf() calls a trouble hopeless when it has lasted for the patience", () => {
  const hopeless = (rows: readonly Row[]): boolean[] =>
    troublesOf(historyOf(rows), { window: 4, patience: 5 }).map((trouble) => trouble.hopeless);
  const low = { loss: 0.1, negative: 0 };
  // The first window ends at step 4; five steps later, at step 9, it is hopeless.
  assert.deepEqual([hopeless(repeated(8, low)), hopeless(repeated(9, low))], [[false], [true]]);
  // A high rate alone never is; idleness only when the run never was anything else.
  assert.deepEqual(hopeless(repeated(30, { loss: 0.1, leap: 1 })), [false]);
  const idle = repeated(30, { loss: 0.1, active: 0 });
  assert.deepEqual(hopeless(idle), [true]);
  assert.deepEqual(hopeless([...repeated(4, { loss: 0.1 }), ...idle]), [false]);
});

test("troublesOf() calls a loss that is not finite exploding, from its first window on", () => {
  const rows = [...repeated(6, { loss: 1 }), { loss: Number.NaN }, ...repeated(2, { loss: 1 })];
  const [trouble] = troublesOf(historyOf(rows), { window: 4 });
  assert.deepEqual([trouble.name, trouble.since], ["exploding", 7]);
});

test("troublesOf() equals the judgement of every window by itself", () => {
  const negatives = fc.array(fc.double({ min: 0, max: 0.1, noNaN: true }), { minLength: 6, maxLength: 25 });
  fc.assert(
    fc.property(negatives, (values) => {
      const window = 3;
      const found = troublesOf(historyOf(values.map((negative) => ({ loss: 1, negative }))), { window });
      // Oracle: walk back from the end as long as the window that ends here lies below the limit.
      const below = (end: number): boolean =>
        values.slice(end - window, end).reduce((a, b) => a + b, 0) / window < 0.05;
      let since = values.length + 1;
      while (since - 1 >= window && below(since - 1)) since--;
      assert.deepEqual(
        found.map((trouble) => trouble.since),
        since > values.length ? [] : [since],
      );
    }),
  );
});

test("troublesOf() refuses options out of range", () => {
  const history = historyOf([]);
  assert.throws(
    () => troublesOf(history, { window: 0 }),
    /window must be an integer of at least 1, current value is 0/,
  );
  assert.throws(() => troublesOf(history, { margin: 0 }), /margin must be above 0, current value is 0/);
  assert.throws(
    () => troublesOf(history, { nearest: -1 }),
    /nearest distance must be above 0, current value is -1/,
  );
});
