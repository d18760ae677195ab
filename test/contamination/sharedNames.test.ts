import assert from "node:assert/strict";
import test from "node:test";
import { plainName, sharedNames } from "../../lib/contamination/sharedNames";

test("plainName() drops case, accents and separators, and keeps other scripts", () => {
  assert.equal(plainName("Jose-Maria_Aznar"), plainName("josé  maría aznar"));
  assert.equal(plainName("Ｌｕｉｓ　Figo"), "luis figo");
  assert.equal(plainName("王力宏"), "王力宏");
  assert.equal(plainName("__"), "");
  assert.notEqual(plainName("Ann Lee"), plainName("Annlee"));
});

test("sharedNames() gives every pair of spellings, in the order of the first list", () => {
  const shared = sharedNames(["Zoë", "Ada_L", "Bo"], ["ada l", "zoe", "ZOE", "Cy"]);
  assert.deepEqual(shared, [
    { first: "Zoë", second: "zoe" },
    { first: "Zoë", second: "ZOE" },
    { first: "Ada_L", second: "ada l" },
  ]);
  assert.deepEqual(sharedNames(["--", "__proto__"], ["__", "constructor"]), []);
});
