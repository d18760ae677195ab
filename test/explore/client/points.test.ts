import assert from "node:assert/strict";
import test from "node:test";
import { squaredL2 } from "../../../lib/core/matrix";
import { dequantize } from "../../../lib/evaluate/quantize";
import { colouringOf } from "../../../lib/explore/client/colouring";
import { decodePage, type Points } from "../../../lib/explore/client/decode";
import { chosenEdges } from "../../../lib/explore/client/edges";
import { distanceOf, neighboursOf, verdictsOf } from "../../../lib/explore/client/nearest";
import { equalErrorIndex, errorsOf, ratesAt } from "../../../lib/explore/client/rates";
import { matches } from "../../../lib/explore/client/search";
import { createStore, type State } from "../../../lib/explore/client/store";
import { encodePage } from "../../../lib/explore/encode";
import { assertClose } from "../../gradients";
import { inventedExplorer } from "../explored";

async function invented(): Promise<Points> {
  return decodePage(encodePage(await inventedExplorer()));
}

test("neighboursOf() equals sorting the library's squared L2 of the same vectors", async () => {
  const data = await inventedExplorer();
  const points = decodePage(encodePage(data));
  const x = dequantize(data.epochs[1].vectors);
  const found = neighboursOf(points.epochs[1], points, 7);
  const all = Array.from({ length: 60 }, (_, i) => squaredL2(x, 7, x, i)).filter((_, i) => i !== 7);
  assertClose(
    found.map(({ distance }) => distance),
    all.sort((a, b) => a - b),
    1e-5,
  );
  for (const { point, distance } of found) assert.equal(distance, distanceOf(points.epochs[1], 8, 7, point));
});

test("verdictsOf() names the nearest other identity, the farthest own image and both kinds of error", async () => {
  const points: Points = { ...(await invented()), labels: Int32Array.of(0, 0, 0, 1, 1) };
  const near = (...distances: number[]): { point: number; distance: number }[] =>
    distances.map((distance, i) => ({ point: i + 1, distance })).sort((a, b) => a.distance - b.distance);
  // Own images (1, 2) at 0.4 and 0.9; others (3, 4) at 0.3 and 2: threshold 0.5 accepts one of two others and refuses one of two own ones.
  const wrong = verdictsOf(points, 0, near(0.4, 0.9, 0.3, 2), 0.5);
  assert.deepEqual(
    wrong.map((verdict) => verdict.wrong),
    [true, true, true],
  );
  assert.match(wrong[0].text, /other identity: nearest negative 0\.300, nearest positive 0\.400/);
  assert.match(wrong[1].text, /1 of 2 images of others/);
  assert.match(wrong[2].text, /1 of 2 images of its own/);
  // Others beyond every own image: nothing is wrong.
  const right = verdictsOf(points, 0, near(0.1, 0.2, 0.8, 2), 0.5);
  assert.ok(right.every((verdict) => !verdict.wrong));
  // Nearest right, farthest own image beyond the nearest other.
  assert.match(verdictsOf(points, 0, near(0.1, 0.9, 0.8, 2), 1)[1].text, /no threshold is right for both/);
  const alone: Points = { ...points, labels: Int32Array.of(2, 0, 0, 1, 1) };
  assert.match(verdictsOf(alone, 0, near(0.1, 0.9, 0.8, 2), 1)[0].text, /only image of its identity/);
});

test("ratesAt() gives VAL and FAR of the counts, NaN where there are no pairs", () => {
  const epoch = { same: Float64Array.of(0, 3, 4), different: Float64Array.of(0, 1, 10) };
  const rates = ratesAt(epoch, 1);
  assert.deepEqual([rates.val, rates.far, rates.falseRejects, rates.falseAccepts], [0.75, 0.1, 1, 1]);
  // |FAR − (1 − VAL)|: 1, 0.15, 1.
  assert.equal(equalErrorIndex(epoch), 1);
  assert.ok(Number.isNaN(ratesAt({ ...epoch, same: new Float64Array(3) }, 1).val));
});

test("errorsOf() says of each point whether a threshold errs with it", () => {
  const epoch = {
    nearestNegative: Float32Array.of(1, 0.4, 1, 0.4, Number.POSITIVE_INFINITY),
    farthestPositive: Float32Array.of(0.2, 0.2, 0.5, 0.9, -1),
  };
  assert.deepEqual([...errorsOf(epoch, 0.5)], [0, 1, 2, 3, 0]);
});

test("chosenEdges() keeps the hardest, as hard as asked, and knows which the threshold gets wrong", async () => {
  const [epoch] = (await invented()).epochs;
  const all = { positives: 100, negatives: 100, farther: 0, nearer: 100 };
  const edges = chosenEdges(epoch, all, 0.8);
  assert.equal(edges.length, epoch.hardPositives.length + epoch.hardNegatives.length);
  for (const { same, distance, error } of edges) assert.equal(error, same ? distance >= 0.8 : distance < 0.8);
  const few = chosenEdges(epoch, { ...all, positives: 2, negatives: 0 }, 0.8);
  assert.deepEqual(
    few.map(({ first, second, distance }) => [first, second, distance]),
    epoch.hardPositives.slice(0, 2),
  );
  const middle = epoch.hardNegatives[5][2];
  const hard = chosenEdges(epoch, { ...all, positives: 0, nearer: middle }, 0.8);
  assert.equal(hard.length, epoch.hardNegatives.filter(([, , distance]) => distance <= middle).length);
});

test("matches() looks into identities and names, whatever the case, and takes markup literally", async () => {
  const points = await invented();
  const count = (label: number): number => points.labels.filter((one) => one === label).length;
  assert.equal(matches(points, "aDa").length, count(1));
  assert.equal(matches(points, "<IMG src=x").length, count(0));
  assert.deepEqual(matches(points, "/7.png"), [7]);
  assert.deepEqual(matches(points, "  "), []);
  assert.deepEqual(matches(points, "nobody"), []);
});

test("colouringOf() gives each identity its mark, numbers a scale, and errors their four meanings", async () => {
  const points = await invented();
  const identity = colouringOf(points, "identity", 0, 0);
  assert.equal(new Set(identity.keys.map(({ colour, shape }) => colour + shape)).size, 5);
  identity.keyOf.forEach((key, i) => {
    assert.equal(identity.keys[key].label, points.identities[points.labels[i]]);
  });
  const yaw = colouringOf(points, 0, 0, 0);
  // 0 … 19 in eight steps of 2.375; value 19 is in the last, and nothing is empty.
  assert.equal(yaw.keys.length, 9);
  assert.deepEqual([yaw.keyOf[0], yaw.keyOf[3], yaw.keyOf[19], yaw.keys[8].count], [0, 1, 7, 0]);
  const errors = colouringOf(points, "errors", 0, 0.8);
  assert.equal(
    errors.keys.reduce((sum, { count }) => sum + count, 0),
    points.count,
  );
});

test("colouringOf() says so when identities must share marks", async () => {
  const points = await invented();
  const labels = Int32Array.from({ length: 60 }, (_, i) => i);
  const many = { ...points, labels, identities: Array.from(labels, String) };
  assert.match(colouringOf(many, "identity", 0, 0).note, /60 values share 48 marks/);
});

test("createStore() calls back for the keys that changed, and once at the start", () => {
  const store = createStore({ epoch: 0, threshold: 1 } as State);
  const seen: number[] = [];
  store.on(["epoch"], () => seen.push(store.state.epoch));
  store.set({ threshold: 2 });
  store.set({ epoch: 1 });
  store.set({ epoch: 1 });
  assert.deepEqual(seen, [0, 1]);
});
