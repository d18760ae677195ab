import assert from "node:assert/strict";
import test from "node:test";
import { checkIndices, checkInterval } from "../../lib/losses/checks";

const lies = (value: number, interval: string): boolean => {
  try {
    checkInterval("x loss", "option", value, interval);
    return true;
  } catch (error) {
    assert.ok(error instanceof RangeError);
    assert.equal(
      error.message,
      `Cannot compute the x loss: the option must lie in ${interval}, current value is ${value}`,
    );
    return false;
  }
};

test("checkInterval() checks what it prints: open and closed ends", () => {
  assert.deepEqual(
    [0, 0.5, 1].map((v) => lies(v, "[0, 1]")),
    [true, true, true],
  );
  assert.deepEqual(
    [0, 0.5, 1].map((v) => lies(v, "(0, 1)")),
    [false, true, false],
  );
  assert.deepEqual(
    [-1.1, -1, 1].map((v) => lies(v, "[-1, 1)")),
    [false, true, false],
  );
});

test("checkInterval() knows infinity, and no interval holds NaN", () => {
  const infinity = Number.POSITIVE_INFINITY;
  assert.deepEqual(
    [0, 1e300, infinity].map((v) => lies(v, "[0, ∞)")),
    [true, true, false],
  );
  assert.ok(lies(infinity, "[0, ∞]"));
  for (const interval of ["[0, 1]", "(0, ∞)", "[0, ∞]"]) assert.ok(!lies(Number.NaN, interval));
});

test("checkIndices() looks at the first `count` indices only", () => {
  checkIndices("x loss", "index", 2, Int32Array.of(0, 1, 9), 2);
  assert.throws(() => checkIndices("x loss", "index", 2, Int32Array.of(0, 1, 9), 3), /number 2 is 9/);
  assert.throws(
    () => checkIndices("x loss", "index", 2, Int32Array.of(0), 2),
    /2 values of index are needed/,
  );
});
