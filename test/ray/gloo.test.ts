import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, test } from "node:test";
import { startParallelTrainer } from "../../lib/jobs/parallelTrainer";
import { rayPython } from "../../lib/ray/python";
import type { TrainSettings } from "../../lib/train/settings";
import { Trainer, train } from "../../lib/train/trainer";
import { shaped } from "../../lib/worker/arrays";
import { type RayWorkers, startRayWorkers } from "../../lib/worker/rayWorkers";
import type { Workers } from "../../lib/worker/workers";
import { comparable } from "../jobs/fixtures";
import { relativeDistance } from "../jobs/relativeDistance";
import { patternCrops, tinyNet, tinySettings } from "../train/fixtures";
import { hitAllReduce, killPlace } from "./killPlace";
import { isLoopback, listeningOf } from "./listening";
import { skip as noCluster, theCluster } from "./onCluster";

const finds = "import importlib.util as u, sys; sys.exit(u.find_spec('xoscar') is None)";
const skip: string | false =
  noCluster ||
  (spawnSync(rayPython(), ["-c", finds]).status === 0 ? false : "needs gloo: npm run setup:ray installs it");

/** Batches of 12 images in three chunks of 4, so that one of two workers has two. */
const settings: TrainSettings = { ...tinySettings, chunk: 4 };

/** Two workers, started when they are first asked for. */
let pool: Promise<RayWorkers> | undefined;
function twoWorkers(): Promise<RayWorkers> {
  pool ??= startRayWorkers({ address: theCluster().address, count: 2 });
  return pool;
}
after(async () => {
  await (await pool)?.close();
});

/** What a run that adds up by gloo ends with, and its losses of workers. */
async function trained(workers: Workers): Promise<{ end: unknown; lost: string[] }> {
  const lost: string[] = [];
  const run = await startParallelTrainer(workers, tinyNet, patternCrops(), settings, {
    reduce: "gloo",
    keepEvery: 3,
    onLost: ({ message }) => lost.push(message),
  });
  await train(run);
  const end = await comparable(run);
  run.dispose();
  return { end, lost };
}

test("startParallelTrainer() that adds up by gloo gives one process's numbers to 1e-6, and the same bits again", {
  skip,
}, async () => {
  const whole = new Trainer(tinyNet, patternCrops(), settings);
  await train(whole);
  const workers = await twoWorkers();
  const run = await startParallelTrainer(workers, tinyNet, patternCrops(), settings, { reduce: "gloo" });
  await train(run);
  assert.ok(relativeDistance((await run.state()).weights, whole.state().weights) < 1e-6);
  assert.deepEqual((await trained(workers)).end, await comparable(run));
  run.dispose();
  whole.dispose();
  const actors = workers.places().map((place) => place?.actor ?? assert.fail("no actor"));
  assert.deepEqual(
    listeningOf(actors).filter((address) => !isLoopback(address)),
    [],
  );
});

for (const victim of ["child", "actor"] as const) {
  test(`startParallelTrainer() that adds up by gloo ends with the same bits when its ${victim} is killed`, {
    skip,
  }, async () => {
    const workers = await twoWorkers();
    const undisturbed = await trained(workers);
    assert.deepEqual(undisturbed.lost, []);
    const before = killPlace(workers, victim, "backward");
    const whileAdding = hitAllReduce(workers, victim, "SIGKILL", 5);
    for (const [killing, killed] of [
      [before.workers, before.killed],
      [whileAdding.workers, whileAdding.hit],
    ] as const) {
      const { end, lost } = await trained(killing);
      assert.ok(killed() !== undefined, "nothing was killed");
      assert.equal(lost.length, 1, lost.join("; "));
      assert.match(lost[0], /^Lost worker \d+ on /);
      assert.deepEqual(end, undisturbed.end);
    }
  });
}

test("startParallelTrainer() that adds up by gloo does not wait for an actor that stands still", {
  skip,
}, async () => {
  const undisturbed = await trained(await twoWorkers());
  const workers = await startRayWorkers({ address: theCluster().address, count: 2, patience: 5 });
  const halting = hitAllReduce(workers, "actor", "SIGSTOP", 3);
  try {
    const { end, lost } = await trained(halting.workers);
    assert.ok(halting.hit() !== undefined, "nothing was halted");
    assert.match(lost.join("; "), /did not add up within 15 s/);
    assert.deepEqual(end, undisturbed.end);
  } finally {
    await workers.close();
  }
});

test("allReduce() over Ray's client adds up vectors of any worker, and passes on what a worker refuses", {
  skip,
}, async () => {
  const workers = await startRayWorkers({ address: theCluster().client as string, count: 2 });
  try {
    const request = { take: "gradient", give: "setGradient", array: "gradient" };
    await assert.rejects(workers.allReduce({ ...request, length: 3 }), {
      name: "LabError",
      message: /Cannot gradient: init or setState must come first \(worker \d+ on /,
    });
    const { result } = await workers.call(0, "init", { spec: tinyNet, settings, classes: 6 });
    await workers.call(1, "init", { spec: tinyNet, settings, classes: 6 });
    const length = result.size as number;
    const vectors = [1, 2].map((seed) =>
      Float32Array.from({ length }, (_, i) => Math.sin(seed * i) * 10 ** (i % 7)),
    );
    for (const worker of [0, 1]) {
      await workers.call(worker, "setGradient", {}, { gradient: shaped(vectors[worker]) });
    }
    const answers = await workers.allReduce({ ...request, length });
    assert.deepEqual(
      answers.map((answer) => answer.result),
      [{ finite: true }, { finite: true }],
    );
    const sum = vectors[0].map((value, i) => value + vectors[1][i]);
    for (const worker of [0, 1]) {
      assert.deepEqual((await workers.call(worker, "gradient")).arrays.gradient.data, sum);
    }
  } finally {
    await workers.close();
  }
});

test("startRayWorkers() refuses a patience out of range", async () => {
  for (const patience of [0, Number.NaN, 4000]) {
    await assert.rejects(
      startRayWorkers({ address: "127.0.0.1:1", count: 1, patience }),
      new RegExp(`patience must lie in \\(0, 3600\\] seconds, current value is ${patience}`),
    );
  }
});
