import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import test from "node:test";
import { packageRoot } from "../../lib/core/folders";
import { findLfw } from "../../lib/data/lfw";
import { openDataSet } from "../../lib/data/open";
import { inFolder } from "../inFolder";

const folder = process.env.FACENET_LAB_LFW ?? resolve(packageRoot(), "..", "shared", "data", "lfw");
const missing = existsSync(join(folder, "Aaron_Peirsol"))
  ? false
  : "LFW was not found (data/lfw, FACENET_LAB_LFW)";

test("openDataSet() recognises LFW and its views have the official sizes", { skip: missing }, async () => {
  const { dataSet, layout, protocol } = await openDataSet(folder);
  assert.equal(layout, "lfw");
  assert.deepEqual([dataSet.items.length, dataSet.identities.length], [13_233, 5749]);
  const one = protocol({ name: "view1" });
  assert.equal(one.pairs.same.length, 1000);
  assert.equal(new Set(Array.from(one.train, (i) => dataSet.items[i].label)).size, 2132);
  assert.equal(one.train.length, 6685);
  const two = protocol({ name: "view2" });
  assert.deepEqual([two.pairs.same.length, two.pairs.folds], [1200, 2]);
  const trained = new Set(Array.from(two.train, (i) => dataSet.items[i].label));
  for (const side of [two.pairs.first, two.pairs.second]) {
    assert.ok([...side].every((i) => !trained.has(dataSet.items[i].label)));
  }
});

test("openDataSet() refuses LFW's protocols on other data", async () => {
  const { protocol } = await openDataSet("omniglot");
  assert.throws(() => protocol({ name: "view1" }), /Cannot use the protocol view1 on Omniglot/);
});

test("findLfw() takes the folder of FACENET_LAB_LFW, refuses one that is not there, and passes over an empty value", () =>
  inFolder((place) => {
    assert.equal(findLfw({ FACENET_LAB_LFW: place }), place);
    assert.throws(
      () => findLfw({ FACENET_LAB_LFW: join(place, "none") }),
      /Cannot find LFW: FACENET_LAB_LFW must name a folder that is there, current value is .*none/,
    );
    assert.equal(findLfw({ FACENET_LAB_LFW: "" }), findLfw({}));
  }));
