import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createGate } from "../../lib/core/gate";

test("createGate() keeps the sum inside within the capacity, lets everything through in order, and what is too heavy alone", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 15 }), { maxLength: 12 }), async (weights) => {
      const gate = createGate(10);
      let [inside, works] = [0, 0];
      const entered: number[] = [];
      const results = await Promise.all(
        weights.map((weight, i) =>
          gate.run(weight, async () => {
            entered.push(i);
            inside += Math.min(weight, 10);
            works++;
            assert.ok(inside <= 10, `${inside} inside`);
            for (let k = 0; k < (i % 3) + 1; k++) await null;
            inside -= Math.min(weight, 10);
            works--;
            return 2 * i;
          }),
        ),
      );
      assert.deepEqual(
        results,
        weights.map((_, i) => 2 * i),
      );
      assert.deepEqual(entered, [...weights.keys()]);
      assert.equal(works, 0);
    }),
  ));

test("createGate() gives the room free when work fails, and passes the error on", async () => {
  const gate = createGate(1);
  await assert.rejects(
    gate.run(1, async () => {
      throw new Error("no");
    }),
    /no/,
  );
  assert.equal(await gate.run(1, async () => "in"), "in");
  assert.throws(() => createGate(0), /capacity must be above 0, current value is 0/);
});
