import assert from "node:assert/strict";
import test from "node:test";
import { countNet } from "../../lib/nets/count";
import { type NetName, namedNet } from "../../lib/nets/named";
import { agrees, compareWithPaper, printedNets, printedVals } from "../../lib/nets/printed";
import { inputShape } from "../../lib/nets/shapes";

/** Totals recomputed by hand from the paper's tables, weights and biases, "same" padding. Golden: made outside of this code. */
const exact: [NetName, number, number][] = [
  ["NN1", 140_025_664, 1608.3],
  ["NN2", 7_456_304, 1599.8],
  ["NN3", 7_456_304, 816.3],
  ["NN4", 6_607_888, 285.3],
  ["Table6", 5_965_728, 252.5],
];

for (const [name, parameters, millions] of exact) {
  test(`countNet() of ${name} gives ${parameters} parameters and ${millions} M multiply-adds`, () => {
    const count = countNet(namedNet(name));
    assert.equal(count.parameters, parameters);
    assert.equal((count.multiplyAdds / 1e6).toFixed(1), millions.toFixed(1));
  });
}

test("compareWithPaper() finds every row of Tables 1 and 2 and every printed total in agreement", () => {
  for (const [name, printed] of Object.entries(printedNets)) {
    const rows = compareWithPaper(name, countNet(namedNet(name as NetName)));
    const figures = Object.values(printed.layers).reduce((sum, row) => sum + Object.keys(row).length, 0);
    const totals = (printed.parameters ? 1 : 0) + (printed.multiplyAdds ? 1 : 0);
    assert.equal(rows.length, figures + totals, `${name}: a printed row has no layer of its name`);
    assert.deepEqual(
      rows.filter((row) => !row.agrees),
      [],
    );
  }
});

test("compareWithPaper() finds a net that is not the paper's in disagreement", () => {
  const wrong = namedNet("NN2");
  const layers = wrong.layers.map((layer) =>
    layer.name === "inception (4c)" && layer.kind === "inception" ? { ...layer, one: 200 } : layer,
  );
  const odd = compareWithPaper("NN2", countNet({ ...wrong, layers })).filter((row) => !row.agrees);
  assert.ok(odd.some((row) => row.layer === "inception (4c)"));
});

/*
 * Hand-worked from Table 3: by falling cost NN1 ≈ NN2, NN3, NN4, NNS1, NNS2. A cheaper net is better twice, by 0.4 points each: NN3 beats NN1, NNS1 beats NN4.
 */
test("printedVals name nets that exist, and a dearer net is worse only in two pairs", () => {
  const rows = Object.entries(printedVals).map(([name, { val }]) => ({
    val,
    cost: countNet(namedNet(name as NetName)).multiplyAdds,
  }));
  const swapped = rows.flatMap((a) =>
    rows.filter((b) => a.cost > 1.05 * b.cost && a.val < b.val).map((b) => [a.val, b.val]),
  );
  assert.deepEqual(swapped, [
    [0.879, 0.883],
    [0.82, 0.824],
  ]);
});

test("agrees() allows less than one in the last printed digit", () => {
  assert.ok(agrees(9472, "9K") && agrees(545_536, "545K") && agrees(1_588_464, "1.6M"));
  assert.ok(!agrees(10_001, "9K") && !agrees(1_700_000, "1.6M") && !agrees(8000, "9K"));
  assert.ok(
    agrees(21, "20K", 0.02) === false && agrees(20_390, "20K", 0.02) && agrees(26_500_000, "26M", 0.02),
  );
});

test("nns2() looks at 140×116 pixels, the middle columns of a square crop", () => {
  assert.deepEqual(inputShape(namedNet("NNS2")), [140, 116, 3]);
});

test("namedNet() changes embedding and input size and refuses what is out of range", () => {
  const sizes = [64, 128, 256, 512].map((embedding) => countNet(namedNet("NN2", { embedding })).parameters);
  // The last layer has 1024·D weights and D biases.
  assert.deepEqual(
    sizes.map((size) => size - sizes[1]),
    [-64 * 1025, 0, 128 * 1025, 384 * 1025],
  );
  assert.deepEqual(countNet(namedNet("NN2", { inputSize: 96 })).layers.at(-3)?.output, [3, 3, 1024]);
  assert.throws(() => namedNet("NN9" as NetName), /must be one of laptop, .* current value is NN9/);
  assert.throws(() => namedNet("NN2", { embedding: 1 }), /embedding size must be .* current value is 1/);
  assert.throws(() => namedNet("NN2", { inputSize: 8 }), /input size must be .* current value is 8/);
  assert.throws(() => namedNet("laptop", { inputSize: 50 }), /multiple of 16, current value is 50/);
});

test("withBatchNorm() gives the paper's nets batch normalisation in place of local normalisation", () => {
  const plain = namedNet("NN2");
  const normed = namedNet("NN2", { batchNorm: true });
  assert.equal(normed.name, "NN2-bn");
  assert.ok(plain.layers.some((layer) => layer.kind === "localNorm"));
  assert.ok(!normed.layers.some((layer) => layer.kind === "localNorm"));
  // Scale and offset instead of a bias: one more parameter for every filter.
  assert.ok(countNet(normed).parameters > countNet(plain).parameters);
});
