import assert from "node:assert/strict";
import test from "node:test";
import type { NetTable } from "../../lib/nets/table";
import { type Ran, runCli } from "./runCli";

const net = (...args: string[]): Promise<Ran> => runCli(["net", ...args]);

test("net NN2 prints the paper's figure and the verdict in every row that has one", async () => {
  const { code, out } = await net("nn2");
  assert.equal(code, 0);
  assert.match(out, /^NN2, input 224×224×3$/m);
  assert.match(out, /^inception \(3a\) +28×28×256 +163,696 +128,337,664 {2}164K ✓ {2}128M ✓$/m);
  assert.match(out, /^total +7,456,304 +1,599,771,872 {2}7\.5M ✓ {2}1\.6B ✓$/m);
  assert.ok(!out.includes("✗"));
});

test("net --all --json gives an array of tables whose layers add up to the totals", async () => {
  const { code, out } = await net("--all", "--json");
  assert.equal(code, 0);
  const tables = JSON.parse(out) as NetTable[];
  assert.ok(tables.some((table) => table.name === "NN1" && table.parameters === 140_025_664));
  for (const { name, input, layers, parameters, multiplyAdds } of tables) {
    assert.equal(input.length, 3, name);
    assert.equal(
      layers.reduce((sum, layer) => sum + layer.parameters, 0),
      parameters,
    );
    assert.equal(
      layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
      multiplyAdds,
    );
  }
});

test("net with another size or embedding is not compared with the paper", async () => {
  const { out } = await net("NN4", "--embedding", "256", "--json");
  assert.deepEqual((JSON.parse(out) as NetTable).paper, []);
});

test("net --run reports time and memory of a training step", async () => {
  const { code, out } = await net("laptop-small", "--run");
  assert.equal(code, 0);
  assert.match(out, /4 images forward in [\d.]+ s, one training step in [\d.]+ s \(loss [\d.]+\)/);
  assert.match(out, /largest memory of this process [\d.]+ GiB/);
});

test("net refuses an unknown name, no name, and a size out of range", async () => {
  assert.match((await net("NN7")).err, /Cannot show the net "NN7": the nets are laptop, /);
  assert.equal((await net("NN7")).code, 2);
  assert.match((await net()).err, /Give one net .* or --all/);
  assert.match((await net("NN2", "--all")).err, /Give one net/);
  assert.match((await net("NN2", "--size", "5")).err, /--size: .* current value is 5/);
  assert.match((await net("laptop", "--size", "50")).err, /multiple of 16, current value is 50/);
});
