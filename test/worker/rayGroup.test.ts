import assert from "node:assert/strict";
import test from "node:test";
import type { Answer } from "../../lib/worker/protocol";
import { RayGroup } from "../../lib/worker/rayGroup";
import { Apart, type GroupPlace, type RayWorker } from "../../lib/worker/rayWorker";
import { startPool, type WorkerPool } from "../../lib/worker/workerPool";
import { type AllReduce, WorkerLost } from "../../lib/worker/workers";

const request: AllReduce = { take: "gradient", give: "setGradient", array: "gradient", length: 3 };

/** What a member does when it is asked; undefined: it never answers. */
type Member = () => Answer | Error | undefined;

/** A pool of members that are made one after the other, and the places that each was told. */
async function poolOf(
  count: number,
  ...members: readonly Member[]
): Promise<{ pool: WorkerPool<RayWorker>; told: GroupPlace[][] }> {
  const told: GroupPlace[][] = [];
  const start = (): RayWorker => {
    const member = members[told.length];
    const places: GroupPlace[] = [];
    told.push(places);
    let kill: (how: string) => void = () => {};
    const worker: Partial<RayWorker> = {
      pid: told.length,
      greet: async () => {},
      addUp: (_, place) => {
        places.push(place);
        const answer = member();
        if (answer instanceof Error) return Promise.reject(answer);
        if (answer) return Promise.resolve(answer);
        return new Promise((_, reject) => {
          kill = (how) => reject(new WorkerLost(`Lost a worker: it ${how}`));
        });
      },
      kill: (how = "was ended") => kill(how),
      close: async () => {},
    };
    return worker as RayWorker;
  };
  return { pool: await startPool({ count, start, grace: 0 }), told };
}

/** Gives these one after the other, and then answers. */
function first(...errors: readonly Error[]): Member {
  const left = [...errors];
  return () => left.shift() ?? { result: { finite: true }, arrays: {} };
}

test("RayGroup.allReduce() keeps a group, and makes it anew with a replacement", async () => {
  const lost = new WorkerLost("Lost worker 2");
  const { pool, told } = await poolOf(2, first(), first(), first());
  const group = new RayGroup(pool, 5);
  assert.equal((await group.allReduce(request)).length, 2);
  await group.allReduce(request);
  await assert.rejects(
    pool.use(1, () => Promise.reject(lost)),
    lost,
  );
  await group.allReduce(request);
  const names = told.map((places) => places.map(({ group }) => group));
  const [[old, , fresh]] = names;
  assert.notEqual(old, fresh);
  assert.deepEqual(names, [[old, old, fresh], [old, old], [fresh]]);
  const { rank, size, patience } = told[2][0];
  assert.deepEqual({ rank, size, patience }, { rank: 1, size: 2, patience: 5 });
  await pool.close();
});

test("RayGroup.allReduce() tells a lost worker before those that missed it, then a refusal, then that none was reached", async () => {
  const lost = new WorkerLost("Lost worker 2");
  const refusal = new RangeError("Cannot gradient: init or setState must come first");
  const apart = (): Apart => new Apart("Connection closed by peer");
  const { pool, told } = await poolOf(2, first(apart(), apart(), apart()), first(refusal, apart(), lost));
  const group = new RayGroup(pool, 5);
  await assert.rejects(group.allReduce(request), refusal);
  await assert.rejects(group.allReduce(request), {
    name: "WorkerLost",
    message: "Lost the group of 2 workers: Connection closed by peer",
  });
  await assert.rejects(group.allReduce(request), lost);
  // None of these groups was used again.
  assert.equal(new Set(told[0].map(({ group }) => group)).size, 3);
  await pool.close();
});

test("RayGroup.allReduce() gives up a member that never answers", async () => {
  const { pool, told } = await poolOf(2, first(), () => undefined, first());
  const group = new RayGroup(pool, 0.01);
  await assert.rejects(group.allReduce(request), {
    name: "WorkerLost",
    message: "Lost a worker: it did not add up within 0.03 s",
  });
  await group.allReduce(request);
  assert.equal(told.length, 3);
  await pool.close();
});
