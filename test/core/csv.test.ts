import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { decodeCsv, encodeCsv } from "../../lib/core/csv";

test("encodeCsv() quotes commas, quotes and line breaks", () => {
  assert.equal(encodeCsv([["a", 'b "c", d', 3]]), 'a,"b ""c"", d",3\r\n');
});

test("decodeCsv() gives back what encodeCsv() was given", () => {
  const cell = fc.string({ unit: "grapheme", minLength: 1 });
  const table = fc.array(fc.array(cell, { minLength: 1 }), { minLength: 1 });
  fc.assert(fc.property(table, (rows) => assert.deepEqual(decodeCsv(encodeCsv(rows), "x.csv"), rows)));
});

test("decodeCsv() names file and line of an open quote", () => {
  assert.throws(
    () => decodeCsv('a,b\n"c,d\n', "x.csv"),
    /Cannot read x\.csv: line 2: a quote is never closed/,
  );
});
