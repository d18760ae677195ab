import assert from "node:assert/strict";
import test from "node:test";
import { decodeMarks, encodeSuspects, type Suspect } from "../../lib/walk/marks";

const names = ["a,b/1.png", `"x"/2.png`, "c/3.png"];
const pairs = { first: Int32Array.of(0, 1, 2), second: Int32Array.of(1, 2, 0) };
const suspect = (first: string, second: string, mark?: Suspect["mark"]): Suspect => ({
  first,
  second,
  same: true,
  distance: 1.25,
  mark,
});

test("decodeMarks() reads what encodeSuspects() wrote, passes over empty marks, and ignores the order in a pair", () => {
  const text = encodeSuspects([
    suspect(names[1], names[0], "wrong"),
    suspect(names[1], names[2]),
    suspect(names[2], names[0], "right"),
  ]);
  assert.match(text, /^mark,labelled,squared_l2,first,second\r\nwrong,same,1\.2500,/);
  assert.deepEqual(
    [...decodeMarks(text, "suspects.csv", pairs, names)],
    [
      [0, "wrong"],
      [2, "right"],
    ],
  );
});

test("decodeMarks() takes the columns in any order, as a spreadsheet saves them", () => {
  const text = '\ufeffsecond;x,first,mark,second\nold,c/3.png,wrong , "a,b/1.png"\n'.replace(', "', ',"');
  assert.deepEqual([...decodeMarks(text, "f", pairs, names)], [[2, "wrong"]]);
});

test("decodeMarks() names file and line of what it cannot use", () => {
  const head = "mark,first,second\n";
  const read = (text: string) => () => decodeMarks(text, "m.csv", pairs, names);
  assert.throws(read("first,second\n"), /Cannot read m\.csv: line 1: a column mark is wanted/);
  assert.throws(read(`${head}maybe,c/3.png,x\n`), /m\.csv: line 2: a mark is wrong, right or empty.*"maybe"/);
  assert.throws(read(`${head},x,y\nwrong,x,y\n`), /m\.csv: line 3: this pair is not in the protocol's list/);
});
