import assert from "node:assert/strict";
import { test } from "node:test";
import { sized } from "../../lib/notebook/sized";

test("sized() gives the full number to a reader and the fast one only where FACENET_LAB_FAST is 1", () => {
  const before = process.env.FACENET_LAB_FAST;
  try {
    delete process.env.FACENET_LAB_FAST;
    assert.equal(sized(600, 60), 600);
    process.env.FACENET_LAB_FAST = "0";
    assert.equal(sized(600, 60), 600);
    process.env.FACENET_LAB_FAST = "1";
    assert.equal(sized(600, 60), 60);
  } finally {
    if (before === undefined) delete process.env.FACENET_LAB_FAST;
    else process.env.FACENET_LAB_FAST = before;
  }
});
