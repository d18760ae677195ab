import assert from "node:assert/strict";
import { test } from "node:test";
import { LabError } from "../../lib/core/errors";

test("new LabError() has one line and no character that moves a terminal's cursor or the reading order", () => {
  const { message } = new LabError("Cannot read a\u001b[2J\u202Eb:\n  it is\r\nodd\u0007");
  assert.equal(message, "Cannot read a\\u001b[2J\\u202eb: it is odd\\u0007");
});
