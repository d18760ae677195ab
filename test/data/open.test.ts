import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { openDataSet, type ProtocolName } from "../../lib/data/open";

/** A folder of `identities` people with two (unread) images each. */
async function withPeople(identities: number, body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "facenet-lab-"));
  try {
    for (let k = 0; k < identities; k++) {
      mkdirSync(join(folder, `p${k}`));
      for (const name of ["a.jpg", "b.jpg"]) writeFileSync(join(folder, `p${k}`, name), "x");
    }
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("openDataSet() trains on 97 % of the identities under the protocol transfer, and tests only the others", () =>
  withPeople(100, async (folder) => {
    const { dataSet, protocol } = await openDataSet(folder);
    const { train, test: tested, name } = protocol({ name: "transfer", seed: 2 });
    const people = (rows: Int32Array): Set<number> =>
      new Set(Array.from(rows, (i) => dataSet.items[i].label));
    assert.deepEqual([train.length, tested.length], [194, 6]);
    assert.equal(new Set([...people(train), ...people(tested)]).size, 97 + 3);
    assert.match(name, /97 % train, 3 % test \(seed 2\)/);
  }));

test("openDataSet() keeps alphabets together under the protocol transfer, as in every split of Omniglot", async () => {
  const { dataSet, protocol } = await openDataSet("omniglot");
  const alphabets = (rows: Int32Array): Set<string> =>
    new Set(Array.from(rows, (i) => dataSet.identities[dataSet.items[i].label].split("/")[0]));
  const sides = (name: ProtocolName): [number, number] => {
    const { train, test: tested } = protocol({ name });
    const [a, b] = [alphabets(train), alphabets(tested)];
    assert.ok([...b].every((alphabet) => !a.has(alphabet)));
    return [train.length, tested.length];
  };
  const [usual, transfer] = [sides("split"), sides("transfer")];
  assert.ok(transfer[1] < usual[1] && transfer[0] > usual[0]);
  assert.equal(transfer[0] + transfer[1], dataSet.items.length);
});

test("openDataSet() refuses LFW's protocols on a folder, by name", () =>
  withPeople(4, async (folder) => {
    const { protocol } = await openDataSet(folder);
    assert.throws(
      () => protocol({ name: "view2" }),
      /Cannot use the protocol view2 on .*: it is LFW's; here auto, split or transfer are possible/,
    );
  }));

test("openDataSet() takes a plan.json of somebody else for one more file", () =>
  withPeople(4, async (folder) => {
    writeFileSync(join(folder, "plan.json"), '{"monday": "holiday"}');
    const { layout, dataSet } = await openDataSet(folder);
    assert.equal(layout, "folder");
    assert.deepEqual(dataSet.skipped, [{ name: "plan.json", reason: "not an identity folder" }]);
  }));
