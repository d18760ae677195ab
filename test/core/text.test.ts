import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { markdownText, terminalText } from "../../lib/core/text";

test("terminalText() shows what would command a terminal as its code, and keeps lines, tabs and scripts", () => {
  assert.equal(terminalText("\u001b[31mred\u0007\u009b2J"), "\\u001b[31mred\\u0007\\u009b2J");
  assert.equal(terminalText("\u202Egnp.exe\u2066"), "\\u202egnp.exe\\u2066");
  assert.equal(terminalText("a\tb\nä 小泉 😀"), "a\tb\nä 小泉 😀");
});

test("terminalText() of JSON is JSON of the same value", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.equal(JSON.parse(terminalText(JSON.stringify(text))), text);
    }),
  );
});

test("markdownText() leaves no markup, no HTML and one line", () => {
  assert.equal(
    markdownText("<b>|`x`*_a_[l](u)&amp;\n# h"),
    "&lt;b>\\|\\`x\\`\\*\\_a\\_\\[l\\](u)&amp;amp; \\# h",
  );
});
