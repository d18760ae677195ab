import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { cleanText, escapeXml, fixed, plotlyName, textWidth } from "../../lib/figures/text";
import { svgToPng } from "../../lib/image/codec";
import { hostileNames } from "./names";

/** Any sequence of UTF-16 units, halves of pairs included; half of them markup, controls and other special ones. */
const special = fc.constantFrom(
  0,
  1,
  8,
  9,
  10,
  13,
  27,
  34,
  38,
  39,
  59,
  60,
  62,
  0xd800,
  0xdc00,
  0xfffe,
  0xffff,
);
const anyText = fc
  .array(fc.oneof(special, fc.integer({ min: 0, max: 0xffff })), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));

const decoded = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

test("cleanText() replaces what XML 1.0 forbids and keeps the rest", () => {
  assert.equal(cleanText("a\u0001b\u0000"), "a\ufffdb\ufffd");
  assert.equal(cleanText("\ud83dx\udc00\ufffe\uffff"), "\ufffdx\ufffd\ufffd\ufffd");
  assert.equal(cleanText("\t\n\r é 小 😀 \u202e"), "\t\n\r é 小 😀 \u202e");
});

test("escapeXml() of any text is well-formed in an element and in an attribute", async () => {
  const svgOf = (text: string): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4" aria-label="${text}"><text>${text}</text></svg>`;
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      await svgToPng(svgOf(escapeXml(text)));
    }),
  );
  // Negative control: the parser does refuse what is not escaped.
  for (const text of ["<b>", "\u0001", "&", '"']) await assert.rejects(svgToPng(svgOf(text)), /XML parse/);
});

test("escapeXml() keeps the entities of names that are escaped already", () => {
  assert.equal(escapeXml(plotlyName("<a> & b")), "&lt;a&gt; &amp; b");
  assert.equal(escapeXml("R&D &copy; <"), "R&amp;D &amp;copy; &lt;");
});

test("plotlyName() holds no markup, and decodes to the start of the name", () => {
  fc.assert(
    fc.property(
      fc.oneof(anyText, fc.constantFrom(...hostileNames)),
      fc.integer({ min: 1, max: 40 }),
      (name, most) => {
        const short = plotlyName(name, most);
        assert.doesNotMatch(short, /[<>]|&(?!(amp|lt|gt);)/);
        const expected = Array.from(cleanText(name));
        const seen = Array.from(decoded(short));
        assert.ok(seen.length <= most);
        if (expected.length <= most) assert.deepEqual(seen, expected);
        else assert.deepEqual(seen, [...expected.slice(0, most - 1), "…"]);
      },
    ),
  );
});

test("plotlyName() does not cut an emoji in two", () => {
  // 26 letters and two emoji are 28 characters but 30 UTF-16 units.
  const name = `${"n".repeat(26)}😀😀`;
  assert.equal(plotlyName(name), name);
  assert.equal(plotlyName(`${name}!`), `${"n".repeat(26)}😀…`);
});

test("textWidth() counts an entity as the one character that it shows", () => {
  assert.equal(textWidth("a&lt;b"), textWidth("a<b"));
  assert.ok(textWidth("小泉") > textWidth("ab"));
});

test("fixed() says in words that there is no number", () => {
  assert.deepEqual(
    [1.25, Number.NaN, Number.POSITIVE_INFINITY].map((v) => fixed(v, 1)),
    ["1.3", "not a number", "not a number"],
  );
});
