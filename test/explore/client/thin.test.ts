import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../../lib/core/random";
import { thinned } from "../../../lib/explore/client/thin";

const size = { width: 300, height: 200 };

/** Random points, some of them outside of the screen, and an order to draw them in. */
function invented(count: number): { screen: Float32Array; order: Uint32Array } {
  const random = createRandom(1);
  const screen = Float32Array.from({ length: 2 * count }, () => 400 * random.next() - 50);
  return { screen, order: Uint32Array.from(random.shuffle(Array.from({ length: count }, (_, i) => i))) };
}

test("thinned() keeps all points on the screen where they are few, in their order", () => {
  const { screen, order } = invented(100);
  const inside = [...order].filter((i) => {
    const [x, y] = [screen[2 * i], screen[2 * i + 1]];
    return x >= 0 && x < size.width && y >= 0 && y < size.height;
  });
  assert.ok(inside.length > 10 && inside.length < 100);
  assert.deepEqual([...thinned(order, screen, size, [0, 0], 100)], inside);
});

test("thinned() leaves at most so many points, in their order, and of those that share a place the one on top", () => {
  const { screen, order } = invented(5000);
  // The last two lie on each other, and nothing else is drawn after them.
  for (const point of order.slice(-2)) screen.set([100.5, 100.5], 2 * point);
  const kept = [...thinned(order, screen, size, [17, -400], 500)];
  assert.ok(kept.length > 200 && kept.length <= 500, String(kept.length));
  const place = new Map(Array.from(order, (point, o) => [point, o]));
  const places = kept.map((point) => place.get(point) as number);
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
  assert.equal(kept.at(-1), order.at(-1));
  assert.ok(!kept.includes(order[order.length - 2]));
});

test("thinned() keeps the same points when the map and its middle move together", () => {
  const { screen, order } = invented(5000);
  const inner = order.filter((i) => [0, 1].every((c) => screen[2 * i + c] > 60 && screen[2 * i + c] < 140));
  const by = [37, 11];
  const moved = screen.map((value, o) => value + by[o % 2]);
  const kept = (at: Float32Array, origin: [number, number]): number[] => [
    ...thinned(inner, at, size, origin, 100),
  ];
  assert.deepEqual(kept(moved, [150 + 37, 100 + 11]), kept(screen, [150, 100]));
});
