import assert from "node:assert/strict";
import test from "node:test";
import { errorAtlasHtml } from "../../lib/report/errorAtlas";
import { patternCrops } from "../train/fixtures";
import { hostile } from "./data";

const crops = { ...patternCrops(4, 2), identities: hostile, names: hostile.flatMap((name) => [name, name]) };

function atlas(pairs: number): Promise<string> {
  const [evil] = hostile;
  return errorAtlasHtml({
    title: evil,
    subtitle: evil,
    cards: [{ label: evil, value: evil, detail: evil }],
    sections: [
      {
        title: evil,
        text: evil,
        pairs: Array.from({ length: pairs }, (_, i) => ({
          first: i % 8,
          second: (i + 3) % 8,
          distance: 0.5,
          same: i % 2 === 0,
          note: evil,
        })),
      },
      { title: "Empty", text: "nothing", pairs: [] },
    ],
    crops,
    command: evil,
  });
}

test("errorAtlasHtml() has no script, asks for nothing, and shows names as text only", async () => {
  const html = await atlas(9);
  assert.ok(!/<script|<img|<!--/i.test(html));
  assert.match(
    html,
    /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/,
  );
  assert.ok(
    !/(?:src|href)="(?!#)/.test(html) && !/url\((?!data:image\/jpeg;base64,[A-Za-z0-9+/=]+\))/.test(html),
  );
  assert.equal(html.match(/<figure class="pair">/g)?.length, 9);
  assert.match(html, /<h2 id="section1">Empty<\/h2>\n<p>nothing<\/p>\n<p>There are none\.<\/p>/);
});

test("errorAtlasHtml() points each tile at its place on the sheet", async () => {
  // 7 pairs are 14 tiles: 12 in the first of two lines. Tile 13 stands at column 1 of line 1: 1/11 and 100 %.
  const tiles = [...(await atlas(7)).matchAll(/background-position: ([\d.]+)% ([\d.]+)%/g)];
  assert.equal(tiles.length, 14);
  assert.deepEqual([...tiles[13]].slice(1).map(Number), [9.0909, 100]);
  assert.deepEqual([...tiles[11]].slice(1).map(Number), [100, 0]);
});
