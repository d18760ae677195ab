import assert from "node:assert/strict";
import test from "node:test";
import { digestsOf, namesAmong } from "../../lib/train/trainedPeople";

test("namesAmong() finds the names whose digests were kept, and no others; the digests do not tell them", () => {
  const names = Array.from({ length: 2000 }, (_, i) => `person ${i}`);
  const digests = digestsOf([...names, "person 0"]) as string;
  assert.equal(digests.length, 10 * names.length);
  assert.doesNotMatch(digests, /person/);
  assert.equal(digestsOf([...names].reverse()), digests);
  assert.deepEqual(namesAmong(digests, ["person 5", "Person 5", "person 1999", "person 2000", "person 5"]), [
    "person 5",
    "person 1999",
  ]);
  assert.deepEqual(namesAmong(digestsOf([]) as string, names), []);
  assert.equal(digestsOf(Array.from({ length: 50_001 }, (_, i) => String(i))), undefined);
});
