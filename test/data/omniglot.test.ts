import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import test from "node:test";
import { packageRoot } from "../../lib/core/folders";
import {
  loadOmniglot,
  omniglotPackPath,
  omniglotProtocol,
  readOmniglotZips,
  unpackOmniglot,
} from "../../lib/data/omniglot";

test("loadOmniglot() holds 1,623 characters of 50 alphabets with 20 drawings each, and 20 official runs", () => {
  const { dataSet, runs } = loadOmniglot();
  assert.equal(dataSet.items.length, 32_460);
  assert.equal(dataSet.identities.length, 1623);
  assert.equal(new Set(dataSet.groups).size, 50);
  assert.equal(runs.length, 20);
  for (const run of runs) {
    assert.deepEqual([run.training.length, run.test.length], [20, 20]);
    run.test.forEach((item, t) => {
      assert.equal(dataSet.items[item].label, dataSet.items[run.training[run.answer[t]]].label);
      assert.notEqual(item, run.training[run.answer[t]]);
    });
  }
  const { source } = dataSet.items[0];
  assert.ok("image" in source);
  const ink = source.image.data.filter((v) => v === 0).length;
  assert.ok(ink > 100 && ink < 2000, `${ink} dark pixels of ${source.image.data.length}`);
});

test("omniglotProtocol() trains on 964 characters and tests 659 others", () => {
  const { dataSet } = loadOmniglot();
  const { train, test: tested, pairs } = omniglotProtocol(dataSet, 1);
  assert.deepEqual([train.length, tested.length, pairs.same.length], [19_280, 13_180, 6000]);
  const trained = new Set(Array.from(train, (i) => dataSet.items[i].label));
  assert.ok([...tested].every((i) => !trained.has(dataSet.items[i].label)));
});

const zips = resolve(packageRoot(), "..", "shared", "data", "omniglot");
const noZips = existsSync(join(zips, "images_background.zip"))
  ? false
  : "Omniglot's official archives were not found";

test("the embedded pack equals the official archives", { skip: noZips }, () => {
  const official = readOmniglotZips(zips);
  const packed = unpackOmniglot(readFileSync(omniglotPackPath()), "pack");
  assert.deepEqual(packed.names, official.names);
  assert.ok(Buffer.from(packed.bits).equals(Buffer.from(official.bits)));
  assert.deepEqual(packed.runs, official.runs);
});

test("unpackOmniglot() refuses a damaged pack", () => {
  const bytes = readFileSync(omniglotPackPath());
  assert.throws(() => unpackOmniglot(bytes.subarray(0, 1000), "cut.br"), /Cannot read cut\.br/);
});
