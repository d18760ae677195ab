import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import type { Page } from "playwright-core";
import { decodeCsv } from "../../lib/core/csv";
import { inBrowser, nextFrame, withExplorer } from "./browser";
import { inventedExplorer, RED } from "./explored";

const text = async (page: Page, selector: string): Promise<string> =>
  (await page.textContent(selector)) ?? "";

/** Goes to the point nearest to the middle of the map by keyboard. */
async function focusAPoint(page: Page): Promise<void> {
  await page.focus("#map");
  await page.keyboard.press("ArrowRight");
}

/** Moves a range input as a reader's keys do. */
async function slide(page: Page, selector: string, value: string): Promise<void> {
  await page.fill(selector, value);
  await nextFrame(page);
}

test(
  "the explorer opens from disk, shows hostile names literally and asks nobody for anything",
  inBrowser,
  () =>
    withExplorer({}, async ({ page, problems }) => {
      assert.equal(await page.title(), `Invented ${RED}`);
      assert.equal(await text(page, "h1"), `Invented ${RED}`);
      await page.fill("#find", "onerror");
      const { labels } = await inventedExplorer();
      const hostile = labels.filter((label) => label === 0).length;
      assert.equal(await text(page, "#found"), `${hostile} images, 1 identities`);
      await page.press("#find", "Enter");
      assert.equal(await text(page, "#point .who .name"), RED);
      assert.equal(await page.locator("aside img, header img").count(), 0);
      assert.equal(await page.title(), `Invented ${RED}`);
      assert.deepEqual(problems, []);
    }),
);

test("hovering over a point shows its picture and names", inBrowser, () =>
  withExplorer({}, async ({ page, problems }) => {
    await focusAPoint(page);
    const tip = await page.locator("#tip").boundingBox();
    assert.ok(tip);
    const name = await text(page, "#tip bdi.soft");
    // The tip hangs 14 pixels beside and below its point.
    await page.evaluate("document.activeElement.blur()");
    await page.mouse.move(tip.x - 14, tip.y - 14);
    await page.waitForSelector("#tip:not([hidden])");
    assert.equal(await text(page, "#tip bdi.soft"), name);
    assert.match(
      (await page.locator("#tip .tile").getAttribute("style")) ?? "",
      /background-image: url\("blob:/,
    );
    assert.deepEqual(problems, []);
  }),
);

test(
  "clicking a point lists its neighbours by squared L2, and clicking one of them goes there",
  inBrowser,
  () =>
    withExplorer({}, async ({ page }) => {
      await focusAPoint(page);
      const tip = await page.locator("#tip").boundingBox();
      assert.ok(tip);
      const name = await text(page, "#tip bdi.soft");
      await page.mouse.click(tip.x - 14, tip.y - 14);
      assert.equal(await text(page, "#point .who bdi.soft"), name);
      const distances = (await page.locator("#point .near b").allTextContents()).map(Number);
      assert.equal(distances.length, 12);
      assert.deepEqual(
        distances,
        [...distances].sort((a, b) => a - b),
      );
      assert.ok((await page.locator("#point .verdicts li").count()) >= 3);
      const second = await text(page, "#point .near li:nth-child(2) bdi.soft");
      await page.click("#point .near li:nth-child(2) button");
      assert.equal(await text(page, "#point .who bdi.soft"), second);
      await page.keyboard.press("Escape");
      assert.match(await text(page, "#point"), /Click a point/);
    }),
);

test("the threshold slider recounts VAL and FAR of the shown pairs and recolours the errors", inBrowser, () =>
  withExplorer({}, async ({ page }) => {
    const { epochs } = await inventedExplorer();
    const { same, different } = epochs[1].rates;
    const most = same.length - 1;
    await page.click("#errors");
    const legends = new Set<string>();
    for (const index of [0, 80, 449]) {
      await slide(page, "#threshold", String(index));
      assert.equal(await text(page, "#threshold-value"), (index * 0.01).toFixed(3));
      assert.equal(await text(page, "#val"), `${((100 * same[index]) / same[most]).toFixed(2)} %`);
      const told = `${different[index]} of ${different[most].toLocaleString("en")} different pairs`;
      assert.equal(
        (await text(page, "#accepts")).replace(/^([\d,]+)/, (n) => n.replaceAll(",", "")),
        told,
      );
      legends.add(await text(page, "#legend"));
    }
    assert.equal(legends.size, 3);
    await slide(page, "#threshold", "0");
    assert.match(await text(page, "#far"), /^below /);
  }),
);

test("the sliders of hard pairs and of checkpoints change what is drawn", inBrowser, () =>
  withExplorer({ epochs: 3 }, async ({ page }) => {
    await slide(page, "#positives", "5");
    assert.match(await text(page, "#positives-told"), /^5 drawn/);
    await slide(page, "#nearer", "0");
    assert.match(await text(page, "#negatives-told"), /^0 drawn/);
    const counts = await text(page, "#accepts");
    assert.equal(await text(page, "#epoch-name"), "step 20");
    await slide(page, "#epoch", "0");
    assert.equal(await text(page, "#epoch-name"), "step 0");
    assert.notEqual(await text(page, "#accepts"), counts);
  }),
);

test("a lasso around everything lists all points, and its CSV is safe for a spreadsheet", inBrowser, () =>
  withExplorer({}, async ({ page }) => {
    const box = await page.locator("#map").boundingBox();
    assert.ok(box);
    await page.click("#lasso");
    const corners = [
      [2, 2],
      [box.width - 3, 2],
      [box.width - 3, box.height - 3],
      [2, box.height - 3],
    ];
    await page.mouse.move(box.x + 2, box.y + 2);
    await page.mouse.down();
    for (const [x, y] of [...corners, corners[0]]) await page.mouse.move(box.x + x, box.y + y, { steps: 3 });
    await page.mouse.up();
    assert.equal(await text(page, "#selection .told"), "60 images of 5 identities");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save CSV" }).click(),
    ]);
    const csv = readFileSync(await download.path(), "utf8");
    assert.ok(csv.includes(",'=1+1,") && !/(^|,|\r\n)"?=/.test(csv));
    // Our own reader takes the apostrophe off again.
    const rows = decodeCsv(csv, "selection.csv");
    assert.equal(rows.length, 61);
    assert.ok(rows.some(([, identity]) => identity === "=1+1"));
    await page.keyboard.press("Escape");
    assert.match(await text(page, "#selection"), /Press Lasso/);
  }),
);

test(
  "every map is drawn: other projections give other pictures, dragging a deep one turns it",
  inBrowser,
  () =>
    withExplorer({}, async ({ page, problems }) => {
      const pictures = new Set<string>();
      const keep = async (): Promise<void> => {
        await nextFrame(page);
        pictures.add(String(await page.evaluate("document.getElementById('map').toDataURL()")));
      };
      await page.selectOption("#pictures", "off");
      for (const map of ["umap2", "pca2", "pca3", "umap3"]) {
        await page.check(`input[value=${map}]`, { force: true });
        await keep();
      }
      const box = await page.locator("#map").boundingBox();
      assert.ok(box);
      await page.mouse.move(box.x + 40, box.y + 40);
      await page.mouse.down();
      await page.mouse.move(box.x + 140, box.y + 80, { steps: 4 });
      await page.mouse.up();
      await keep();
      await page.click("#theme");
      await keep();
      assert.equal(pictures.size, 6);
      assert.deepEqual(problems, []);
    }),
);

test("the keyboard alone reaches search, map, points and controls", inBrowser, () =>
  withExplorer({}, async ({ page }) => {
    const focused = (): Promise<string> => page.evaluate("document.activeElement.id");
    await page.keyboard.press("/");
    assert.equal(await focused(), "find");
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "theme");
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "map");
    await page.keyboard.press("ArrowLeft");
    const first = await text(page, "#live");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowUp");
    assert.notEqual(await text(page, "#live"), first);
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#point .near li").count(), 12);
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "in");
    const nameless = await page.evaluate(`[...document.querySelectorAll("button, input, select")]
      .filter((e) => !(e.textContent || e.ariaLabel || e.labels?.[0]?.textContent)).map((e) => e.outerHTML)`);
    assert.deepEqual(nameless, []);
  }),
);

test("on a phone the controls lie below the map and nothing is wider than the screen", inBrowser, () =>
  withExplorer({ width: 390, height: 844 }, async ({ page }) => {
    const [map, panels] = [
      await page.locator("#map").boundingBox(),
      await page.locator("#panels").boundingBox(),
    ];
    assert.ok(map && panels && panels.y >= map.y + map.height - 1);
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390);
  }),
);

for (const [width, height] of [
  [1280, 800],
  [420, 900],
]) {
  test(
    `the first view at ${width} × ${height} keeps every picture off the edges and the buttons`,
    inBrowser,
    () =>
      withExplorer({ width, height }, async ({ page }) => {
        await nextFrame(page);
        /** Pixels of the map that anything is drawn on: a frame of 2 pixels, and what lies beside the buttons. */
        const drawn = await page.evaluate(`(() => {
        const map = document.getElementById("map");
        const top = document.getElementById("buttons").offsetTop;
        const context = map.getContext("2d");
        return [[0, 0, map.width, 2], [0, 0, 2, map.height], [map.width - 2, 0, 2, map.height], [0, top, map.width, map.height - top], [0, 0, map.width, map.height]]
          .map((box) => context.getImageData(...box).data.filter((value, o) => o % 4 === 3 && value > 0).length);
      })()`);
        const [above, left, right, below, all] = drawn as number[];
        assert.deepEqual([above, left, right, below], [0, 0, 0, 0]);
        assert.ok(all > 1000, String(all));
      }),
  );
}

test("panning over 5,000 points costs little more than copying 5,000 marks", inBrowser, () =>
  withExplorer(
    { rows: 5000, identities: Array.from({ length: 250 }, (_, i) => `person ${i}`), epochs: 1 },
    async ({ page }) => {
      // Frames of the page in turn with the least that a frame could do, each with the reading of a pixel, which waits until it is drawn.
      const [frame, copies] = (await page.evaluate(`(async () => {
        const map = document.getElementById("map");
        const mark = Object.assign(document.createElement("canvas"), { width: 14, height: 14 });
        mark.getContext("2d").fillRect(2, 2, 10, 10);
        const bare = Object.assign(document.createElement("canvas"), { width: map.width, height: map.height });
        const timed = (context, times, draw) => {
          const start = performance.now();
          draw();
          context.getImageData(0, 0, 1, 1);
          times.push(performance.now() - start);
        };
        const copy = (context) => {
          context.clearRect(0, 0, bare.width, bare.height);
          for (let i = 0; i < 5000; i++) context.drawImage(mark, (i * 37) % bare.width, (i * 91) % bare.height);
        };
        const [frames, copies] = [[], []];
        const ask = window.requestAnimationFrame.bind(window);
        window.requestAnimationFrame = (draw) => ask((now) => timed(map.getContext("2d"), frames, () => draw(now)));
        for (let i = 0; i < 30; i++) {
          const key = i % 2 ? "ArrowLeft" : "ArrowRight";
          map.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey: true }));
          await new Promise((done) => ask(() => setTimeout(done)));
          timed(bare.getContext("2d"), copies, () => copy(bare.getContext("2d")));
        }
        const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
        return [median(frames), median(copies)];
      })()`)) as [number, number];
      assert.ok(frame > 0 && frame < 3 * copies, `${frame} ms a frame, ${copies} ms for the copies alone`);
    },
  ),
);

test(
  "a map of 6,000 points draws at most 4,000 of them while it moves, and all of them when it rests",
  inBrowser,
  () =>
    withExplorer(
      { rows: 6000, identities: Array.from({ length: 300 }, (_, i) => `person ${i}`), epochs: 1 },
      async ({ page }) => {
        const drawn = (await page.evaluate(`(async () => {
        const map = document.getElementById("map");
        document.getElementById("pictures").value = "off";
        document.getElementById("pictures").dispatchEvent(new Event("change"));
        const counts = [];
        const { drawImage } = CanvasRenderingContext2D.prototype;
        CanvasRenderingContext2D.prototype.drawImage = function (...args) {
          counts[counts.length - 1]++;
          drawImage.apply(this, args);
        };
        const ask = window.requestAnimationFrame.bind(window);
        window.requestAnimationFrame = (draw) => ask((now) => { counts.push(0); draw(now); });
        await new Promise((done) => setTimeout(done, 300));
        for (const key of ["ArrowLeft", "ArrowRight"]) {
          map.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey: true }));
          await new Promise((done) => ask(() => setTimeout(done)));
        }
        const moving = counts.slice(-2);
        while (counts.at(-1) < 6000) await new Promise((done) => setTimeout(done, 20));
        return { moving, rest: counts.at(-1) };
      })()`)) as { moving: number[]; rest: number };
        for (const count of drawn.moving) assert.ok(count > 500 && count <= 4000, String(count));
        assert.equal(drawn.rest, 6000);
      },
    ),
);
