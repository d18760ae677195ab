import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { escapeHtml, scriptJson } from "../../lib/report/html";

test("escapeHtml() leaves no character that ends text or an attribute", () => {
  assert.equal(escapeHtml(`<a href="x" b='y'>&`), "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
  assert.equal(escapeHtml("&amp;"), "&amp;amp;");
});

test("scriptJson() gives the value back and cannot end its element", () => {
  const hostile = fc.constantFrom("</script>", "<!--", "\u2028", "\u2029", "\ud800", "__proto__");
  const value = fc.dictionary(fc.oneof(hostile, fc.string()), fc.oneof(hostile, fc.string(), fc.integer()));
  fc.assert(
    fc.property(value, (object) => {
      const text = scriptJson(object);
      assert.doesNotMatch(text, /[<\u2028\u2029]/);
      assert.equal(JSON.stringify(JSON.parse(text)), JSON.stringify(object));
    }),
  );
});
