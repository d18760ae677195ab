import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { LabError } from "../../lib/core/errors";
import type { Answer } from "../../lib/worker/protocol";
import { mapTasks, WorkerLost, type Workers } from "../../lib/worker/workers";

/** Workers in this process: `ready` after the op `set`, which a loss undoes; they are lost on the calls (of all) whose number is in `losses`. */
function fakeWorkers(
  count: number,
  losses: ReadonlySet<number> = new Set(),
): Workers & { readonly ran: string[] } {
  const ready = new Array<boolean>(count).fill(false);
  const ran: string[] = [];
  let calls = 0;
  return {
    count,
    ran,
    call: async (worker, op): Promise<Answer> => {
      const lost = losses.has(calls++);
      await new Promise((resolve) => setImmediate(resolve));
      if (lost) {
        ready[worker] = false;
        throw new WorkerLost("lost");
      }
      if (op === "set") ready[worker] = true;
      else if (!ready[worker]) throw new LabError("not set up");
      else ran.push(op);
      return { result: { op }, arrays: {} };
    },
    close: async () => {},
  };
}

test("mapTasks() gives every result once and in order, whatever is lost within the retries", async () => {
  const losses = fc.uniqueArray(fc.nat(30), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.nat(12), losses, async (count, tasks, lost) => {
      const workers = fakeWorkers(count, new Set(lost));
      const names = Array.from({ length: tasks }, (_, i) => `task ${i}`);
      const seen: number[] = [];
      const results = await mapTasks(workers, names, async (name, call) => (await call(name)).result.op, {
        setUp: async (call) => void (await call("set")),
        retries: 3,
        onDone: (done) => seen.push(done),
      });
      assert.deepEqual(results, names);
      assert.deepEqual(workers.ran.toSorted(), names.toSorted());
      assert.deepEqual(
        seen,
        [...names.keys()].map((i) => i + 1),
      );
    }),
  );
});

test("mapTasks() gives up on a task that loses more workers than its retries", async () => {
  const always = new Set(Array.from({ length: 100 }, (_, i) => i));
  let lost = 0;
  const options = { retries: 2, onLost: () => void lost++ };
  const run = mapTasks(fakeWorkers(1, always), ["a", "b"], async (name, call) => call(name), options);
  await assert.rejects(run, { name: "WorkerLost" });
  assert.equal(lost, 2);
});

test("mapTasks() throws the first error of a task when nothing of it is under way any more", async () => {
  let running = 0;
  const run = mapTasks(fakeWorkers(3), [0, 1, 2, 3, 4, 5], async (task) => {
    running++;
    await new Promise((resolve) => setTimeout(resolve, task === 1 ? 1 : 20));
    running--;
    if (task === 1) throw new RangeError("task 1");
  });
  await assert.rejects(run, /task 1/);
  assert.equal(running, 0);
});

test("mapTasks() stops with Interrupted when its signal is aborted", async () => {
  const stop = new AbortController();
  let done = 0;
  const run = mapTasks(
    fakeWorkers(2),
    [...Array(20).keys()],
    async () => {
      done++;
    },
    { signal: stop.signal, onDone: (n) => n === 6 && stop.abort() },
  );
  await assert.rejects(run, { name: "Interrupted" });
  assert.ok(done < 20);
});
