import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type RayWorkers, startRayWorkers } from "../../lib/worker/rayWorkers";
import { inWorkplace } from "../walk/fixtures";
import { jobNames, sharedJob } from "./jobsOverWorkers";
import { killPlace, type Victim } from "./killPlace";
import { skip, theCluster } from "./onCluster";

/** Two workers by each way to the cluster, started when they are first asked for. */
const pools = new Map<string, Promise<RayWorkers>>();
function workersAt(address: string): Promise<RayWorkers> {
  const known = pools.get(address) ?? startRayWorkers({ address, count: 2 });
  pools.set(address, known);
  return known;
}
after(async () => {
  for (const pool of pools.values()) await (await pool).close();
});

for (const name of jobNames) {
  test(
    `${name}() over Ray gives what one process gives, also when a worker's process or an actor is killed`,
    {
      skip,
    },
    () =>
      inWorkplace(async (place) => {
        const job = sharedJob(name, place);
        const whole = await job.whole();
        const workers = await workersAt(theCluster().address);
        assert.deepEqual(await job.run(workers), whole);
        for (const victim of ["child", "actor"] satisfies Victim[]) {
          const lost: string[] = [];
          const killing = killPlace(workers, victim, job.op);
          const found = await job.run(killing.workers, ({ message }) => lost.push(message));
          assert.ok(killing.killed() !== undefined, `${victim}: nothing was killed`);
          assert.equal(lost.length, 1, `${victim}: ${lost.join("; ")}`);
          assert.match(lost[0], /^Lost worker \d+ on /);
          assert.deepEqual(found, whole, victim);
        }
      }),
  );

  test(`${name}() over Ray's client gives what one process gives`, { skip }, () =>
    inWorkplace(async (place) => {
      const job = sharedJob(name, place);
      const { client } = theCluster();
      assert.ok(client !== null, "the cluster of the tests must have Ray's client");
      assert.deepEqual(await job.run(await workersAt(client)), await job.whole());
    }),
  );
}

test("parallelSearch() over Ray's client goes on when an actor is killed", { skip }, () =>
  inWorkplace(async (place) => {
    const job = sharedJob("parallelSearch", place);
    const lost: string[] = [];
    const killing = killPlace(await workersAt(theCluster().client as string), "actor", job.op);
    assert.deepEqual(await job.run(killing.workers, ({ message }) => lost.push(message)), await job.whole());
    assert.equal(lost.length, 1);
  }),
);

test("startRayWorkers() says that the cluster has too few processors, and that nobody answers", {
  skip,
}, async () => {
  const { address, nodes, processors } = theCluster();
  const most = nodes * processors;
  await assert.rejects(startRayWorkers({ address, count: most + 1 }), {
    name: "LabError",
    message: new RegExp(
      `${most + 1} workers of 1 threads want ${most + 1} processors, the cluster has ${most}`,
    ),
  });
  await assert.rejects(startRayWorkers({ address: "127.0.0.1:1", count: 1 }), {
    name: "LabError",
    message: /must be reachable and large enough, current value is 127.0.0.1:1: .*refused/,
  });
});

test("startRayWorkers() says how Ray is installed where it is not", async () => {
  await assert.rejects(startRayWorkers({ address: "127.0.0.1:1", count: 1, python: "no-such-python" }), {
    name: "LabError",
    message: /"npm run setup:ray" must have installed it .* current value is no-such-python/,
  });
});
