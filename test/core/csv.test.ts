import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { decodeCsv, encodeCsv } from "../../lib/core/csv";

test("encodeCsv() quotes commas, quotes and line breaks", () => {
  assert.equal(encodeCsv([["a", 'b "c", d', 3]]), 'a,"b ""c"", d",3\r\n');
});

test("encodeCsv() puts an apostrophe before what a spreadsheet would calculate, and decodeCsv() takes it off", () => {
  const names = [
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "'=1",
    "''@",
    "-",
    "it's",
    "'quoted'",
  ];
  const numbers = ["-0.5", "+3", "-1e-7", ".5", "-Infinity"];
  const text = encodeCsv([names, [...numbers, -3]]);
  const [first, second] = text.split("\r\n");
  assert.equal(second, "-0.5,+3,-1e-7,.5,-Infinity,-3");
  assert.ok(first.startsWith("'=1+1,'+1+cmd|' /C calc'!A0,'-2+3,'@SUM(A1),"));
  for (const cell of first.split(",")) assert.doesNotMatch(cell, /^"?[=+\-@\t]/);
  assert.deepEqual(decodeCsv(text, "x.csv")[0], names);
});

test("decodeCsv() gives back what encodeCsv() was given", () => {
  const special = fc.string({ unit: fc.constantFrom(..."'=+-@1e.,\"\n\t"), minLength: 1 });
  const cell = fc.oneof(fc.string({ unit: "grapheme", minLength: 1 }), special);
  const table = fc.array(fc.array(cell, { minLength: 1 }), { minLength: 1 });
  fc.assert(fc.property(table, (rows) => assert.deepEqual(decodeCsv(encodeCsv(rows), "x.csv"), rows)));
});

test("decodeCsv() names file and line of an open quote", () => {
  assert.throws(
    () => decodeCsv('a,b\n"c,d\n', "x.csv"),
    /Cannot read x\.csv: line 2: a quote is never closed/,
  );
});
