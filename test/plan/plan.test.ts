import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { countNet } from "../../lib/nets/count";
import { namedNet } from "../../lib/nets/named";
import { checkedRuns } from "../../lib/plan/checkedRuns";
import { jobsOf } from "../../lib/plan/jobs";
import { nearestNet } from "../../lib/plan/measured";
import { bytesText, digits, spanText } from "../../lib/plan/numbers";
import { type PlanRow, planOf } from "../../lib/plan/plan";
import { assumptions, MOST_IMAGES, type Question, questionOf } from "../../lib/plan/question";
import { readMeasured } from "../../lib/plan/readMeasured";
import { inFolder } from "../inFolder";
import { invented } from "./measured";
import { taskJob } from "./work";

const net = { name: "hand", inputSize: 100, channels: 3, multiplyAdds: 1e9, parameters: 1e6, embedding: 128 };

function question(given: Partial<Question> = {}): Question {
  return questionOf({
    images: 1024e3,
    identities: 1000,
    net,
    workers: [1, 100],
    failuresPerWorkerHour: 0,
    ...given,
  });
}

function rowOf(name: PlanRow["name"], kind: PlanRow["kind"], given: Partial<Question> = {}): PlanRow {
  const row = planOf(question(given), invented).rows.find((one) => one.name === name && one.kind === kind);
  assert.ok(row);
  return row;
}

function near(value: number, expected: number, share = 1e-9): void {
  assert.ok(Math.abs(value / expected - 1) <= share, `${value} is not ${expected}`);
}

test("planOf() gives the hand-worked hours of aligning and embedding", () => {
  // An image: 0.01 + 0.04 s of alignment, 1e9 / 4e10 = 0.025 s of net, 1e-5 s to write: 0.07501 core-seconds.
  const { coreHours, times } = rowOf("embed", "core");
  near(coreHours, (1024e3 * 0.07501) / 3600);
  near(rowOf("embed", "core", { detect: false }).coreHours, (1024e3 * 0.03501) / 3600);
  // One worker: 2 s to start, 4 MB of weights, and per shard of 1024 images 76.8 s, 51.2 MB over a link of 1.25e9, the coordinator's 0.01 s and 2 · 1024 · 520 bytes.
  const link = 1.25e9;
  const shard = 1024 * 0.075 + (1024 * 50e3) / link + 1024 * (1e-5 + (2 * 520) / link);
  near(times[0].seconds, 2 + 4e6 / link + 1000 * shard);
  assert.equal(times[0].limit, "cores");
});

test("planOf() counts an accelerator's hours by two FLOP for each multiply-add, and leaves alignment to cores", () => {
  const { gpuHours, coreHours, times } = rowOf("embed", "gpu", { gpuFlops: 1e12, coresPerGpu: 5 });
  near(gpuHours, (1024e3 * 2e9) / 1e12 / 3600);
  near(coreHours, (1024e3 * 0.05001) / 3600);
  // 0.05 s over 5 cores beside 0.002 s: the accelerator waits for its pictures.
  assert.equal(times[0].limit, "cores");
  assert.equal(rowOf("embed", "gpu", { gpuFlops: 1e10, coresPerGpu: 5 }).times[0].limit, "accelerator");
});

test("planOf() of training gives the hand-worked step, at the coordinator and in a ring", () => {
  // Batch 1,000 in pieces of 100: 10 pieces. A step: 4 · 1e12 / 2e10 = 200 core-seconds over W; 3e7 values · 1e-8 to prepare meanwhile, 1e6 · 1e-8 to mine, 10 · 1e-3 to sum,
  // 1e-3 of every optimiser; 120 MB of pictures, 1.024 MB of embeddings, (10 + W) · 4 MB through the link.
  const given = { batch: 1000, chunk: 100, epochs: 10, workers: [10] };
  const steps = 10_240;
  const star = rowOf("train", "core", given).times[0];
  const link = 1.25e9;
  near(star.seconds, 2 + steps * (20 + 1e-3 + 0.01 + 0.01 + (120e6 + 1.024e6 + 80e6) / link));
  // The ring: pictures prepared by the workers (0.03 s each) from the store as bytes, 2 · 9/10 · 4 MB, 18 messages.
  const ring = rowOf("train-ring", "core", given).times[0];
  near(
    ring.seconds,
    2 + steps * (20.03 + 1e-3 + 0.01 + 1.024e6 / link + 3e7 / 10 / link + 7.2e6 / link + 18 * 5e-5),
  );
  assert.equal(rowOf("train", "core", { ...given, workers: [11] }).times[0].limit, "batch");
});

test("planOf() sees a coordinator that sums a large net's gradients become the limit, which a ring is not", () => {
  const large = { ...net, multiplyAdds: 1e7, parameters: 1e8 };
  const given = { net: large, workers: [1, 50], epochs: 10 };
  assert.equal(rowOf("train", "core", given).times[1].limit, "coordinator");
  assert.notEqual(rowOf("train-ring", "core", given).times[1].limit, "coordinator");
});

test("planOf() counts every pair once, and what each worker must hold for it", () => {
  const pairs = rowOf("all-pairs", "core");
  const count = (1024e3 * (1024e3 - 1)) / 2;
  // 1,000 blocks a side: 500,500 blocks, 1,956 a part: 256 parts of 0.2 s and, at the coordinator, 0.1 s.
  near(pairs.coreHours, (count * (1e-8 + 128e-10) + 256 * 0.3) / 3600);
  assert.equal(pairs.workerBytes, 1024e3 * 512);
  const { samePairs, smallestFar } = planOf(question(), invented);
  near(samePairs, (1024e3 * 1023) / 2);
  near(smallestFar, 1 / (count - samePairs));
});

test("planOf() of a search counts probes × images, and tells how much the coordinator keeps", () => {
  const { coreHours, coordinatorBytes, title } = rowOf("search", "core", {
    images: 65_536,
    probes: 1000,
    k: 5,
  });
  near(coreHours, (65_536e3 * (2e-9 + 128e-10) + 5000 * 1e-8) / 3600);
  assert.equal(coordinatorBytes, 65_536 * 512 + 5000 * 12);
  assert.equal(title, "5 nearest of 1,000 probes");
});

test("planOf() gives the storage in bytes, and every assumption with its value", () => {
  const { storage, assumed } = planOf(question({ imageBytes: 1000, checkpoints: 3 }), invented);
  assert.deepEqual(storage, {
    images: 1024e6,
    crops: 1024e3 * 30_000,
    embeddings: 1024e3 * 520,
    checkpoints: 24e6,
  });
  assert.deepEqual(
    assumed.map(({ name }) => name),
    Object.keys(assumptions),
  );
  assert.equal(assumed.find(({ name }) => name === "imageBytes")?.value, 1000);
});

test("planOf() of more workers never takes longer where tasks are independent", () => {
  const workers = [1, 2, 5, 10, 100, 1000];
  for (const name of ["embed", "search"] as const) {
    const times = rowOf(name, "core", { workers }).times.map(({ seconds }) => seconds);
    for (let i = 1; i < times.length; i++)
      assert.ok(times[i] <= times[i - 1] * (1 + 1e-12), `${name} ${workers[i]}`);
  }
});

test("jobsOf() sees the paper's NN2 by its own count of multiply-adds", () => {
  const { multiplyAdds, parameters } = countNet(namedNet("NN2"));
  const nn2 = { ...net, name: "NN2", inputSize: 224, multiplyAdds, parameters };
  const [embed] = jobsOf(question({ net: nn2 }), invented, "gpu");
  near(embed.gpuSeconds, (1024e3 * 2 * multiplyAdds) / assumptions.gpuFlops.value);
});

test("nearestNet() chooses by ratio, and refuses no nets", () => {
  assert.equal(nearestNet(invented.nets, 1e8).name, "small");
  assert.equal(nearestNet(invented.nets, 2e8).name, "large");
  assert.throws(() => nearestNet([], 1), /a measured net is needed/);
});

test("questionOf() refuses what cannot be, by name", () => {
  const cases: [Partial<Question>, RegExp][] = [
    [{ images: 0 }, /images must be an integer from 1 to 1000000000000, current value is 0/],
    [{ images: 1e13 }, /images must be an integer from 1 to 1000000000000, current value is 10000000000000/],
    [{ identities: 2e6 }, /identities must be an integer from 1 to 1024000, current value is 2000000/],
    [{ workers: [] }, /workers must be named/],
    [{ workers: [1.5] }, /workers must be an integer/],
    [{ slowShare: 1.1 }, /slowShare must be a number from 0 to 1, current value is 1.1/],
    [{ gpuFlops: Number.NaN }, /gpuFlops must be a number .* current value is NaN/],
    [{ batch: 1e6, images: 1000, identities: 10 }, /batch must be at most all images/],
  ];
  for (const [given, message] of cases) assert.throws(() => question(given), { name: "RangeError", message });
});

test("planOf() answers for the most images that may be asked for, and says what is beyond counting", () => {
  for (const row of planOf(question({ images: MOST_IMAGES }), invented).rows) {
    assert.ok(row.times.every(({ seconds }) => Number.isFinite(seconds)));
  }
  assert.throws(
    () => planOf(question({ images: MOST_IMAGES, epochs: 1e6, batch: 2 }), invented),
    /^RangeError: Cannot plan: steps must be an integer from 1 to 9007199254740991, current value is 500000000000000000$/,
  );
});

test("readMeasured() gives back what was written, and names the file and place of what is wrong", () =>
  inFolder((folder) => {
    const path = join(folder, "plan.json");
    writeFileSync(path, JSON.stringify(invented));
    assert.deepEqual(readMeasured(path), invented);
    writeFileSync(path, JSON.stringify({ ...invented, costs: { ...invented.costs, detectPerImage: -1 } }));
    assert.throws(() => readMeasured(path), /^LabError: Cannot read .*plan\.json: costs\.detectPerImage: /);
    writeFileSync(path, "{");
    assert.throws(() => readMeasured(path), /^LabError: Cannot read .*plan\.json: /);
  }));

test("checkedRuns() of the stored measurement: model and simulation lie within a fifth of every run, within an eighth on average", () => {
  const runs = checkedRuns(readMeasured());
  assert.equal(runs.length, 9);
  for (const kind of ["model", "simulated"] as const) {
    const errors = runs.map((run) => Math.abs(run[kind] / run.measured - 1));
    for (const [i, error] of errors.entries()) {
      const { name, workers, measured } = runs[i];
      assert.ok(error < 1 / 5, `${kind} of ${name}, ${workers} workers: ${runs[i][kind]} and ${measured}`);
    }
    assert.ok(errors.reduce((sum, error) => sum + error, 0) / errors.length < 1 / 8, kind);
  }
});

test("checkedRuns() predicts runs from the cores that they got", () => {
  const job = taskJob({ tasks: 8, coreSeconds: 3 });
  const runs = [
    { workers: 1, seconds: 24, coreSeconds: 24 },
    { workers: 2, seconds: 12, coreSeconds: 24 },
    { workers: 4, seconds: 30, coreSeconds: 24 },
    { workers: 4, seconds: 50, coreSeconds: 40 },
  ];
  const checked = checkedRuns({ checks: [{ name: "a", job, runs }] });
  assert.deepEqual(
    checked.map(({ workers, cores, measured }) => [workers, cores, measured]),
    [
      [1, 1, 24],
      [2, 2, 12],
      [4, 0.8, 40],
    ],
  );
  // 24 core-seconds on 1, 2 and 0.8 cores.
  for (const [i, seconds] of [24, 12, 30].entries()) {
    near(checked[i].model, seconds);
    near(checked[i].simulated, seconds);
  }
});

test("spanText(), bytesText() and digits() choose the unit that a reader would", () => {
  assert.deepEqual([3.21, 600, 7200, 432_000, 1e9, Number.POSITIVE_INFINITY].map(spanText), [
    "3.2 s",
    "10 min",
    "2 h",
    "5 days",
    "32 years",
    "never",
  ]);
  assert.deepEqual([0, 999, 1000, 1.024e11, 2e16].map(bytesText), [
    "0 B",
    "999 B",
    "1 kB",
    "102 GB",
    "20 PB",
  ]);
  assert.deepEqual([0, 0.01234, 12.34, 123.4, 12_345, 2e16].map(digits), [
    "0",
    "0.012",
    "12",
    "123",
    "12,345",
    "2.0e+16",
  ]);
});
