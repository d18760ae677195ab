import assert from "node:assert/strict";
import test from "node:test";
import { withQuarterTurns } from "../../lib/data/quarterTurns";

test("withQuarterTurns() turns every crop clockwise and makes each turn an identity of its own", () => {
  // Two 2×2 crops of identities 0 and 2 (1 is tested elsewhere): rows 1 2 / 3 4 and 5 6 / 7 8.
  const crops = {
    size: 2,
    channels: 1,
    data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    labels: Int32Array.of(0, 2),
    names: ["a/1", "c/1"],
    identities: ["a", "b", "c"],
  } as const;
  const turned = withQuarterTurns(crops);
  assert.deepEqual(
    [...turned.data],
    // Clockwise, 1 2 / 3 4 becomes 3 1 / 4 2, then 4 3 / 2 1, then 2 4 / 1 3.
    [1, 2, 3, 4, 5, 6, 7, 8, 3, 1, 4, 2, 7, 5, 8, 6, 4, 3, 2, 1, 8, 7, 6, 5, 2, 4, 1, 3, 6, 8, 5, 7],
  );
  assert.deepEqual([...turned.labels], [0, 2, 3, 5, 6, 8, 9, 11]);
  assert.equal(turned.identities[turned.labels[3]], "c turned 90°");
  assert.deepEqual(turned.names.slice(0, 3), ["a/1", "c/1", "a/1 turned 90°"]);
});

test("withQuarterTurns() turns all channels of a pixel together, and four turns are the picture again", () => {
  const data = Uint8Array.from({ length: 3 * 3 * 3 }, (_, i) => i);
  const crops = {
    size: 3,
    channels: 3,
    data,
    labels: Int32Array.of(0),
    names: ["a"],
    identities: ["a"],
  } as const;
  const once = (bytes: Uint8Array): Uint8Array =>
    withQuarterTurns({ ...crops, data: bytes }).data.slice(27, 54);
  assert.deepEqual(once(data).slice(0, 3), data.slice(18, 21));
  assert.deepEqual(once(once(once(once(data)))), data);
});
