import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";
import { spanText } from "../../lib/plan/numbers";
import { planHtml, writePlanPage } from "../../lib/plan/page";
import { planOf } from "../../lib/plan/plan";
import { questionOf } from "../../lib/plan/question";
import { hashOf } from "../../lib/report/html";
import { inBrowser } from "../explore/browser";
import { inFolder } from "../inFolder";
import { findChromium } from "../report/chromium";
import { invented } from "./measured";

const RED = `<img src=x onerror="document.title='red'">`;
const net = { name: "NN4", inputSize: 96, channels: 3, multiplyAdds: 1e8, parameters: 1e6, embedding: 128 };
const question = questionOf({ images: 5e6, identities: 1e5, net, workers: [10, 500] });
const check = {
  name: "train",
  job: {
    kind: "tasks",
    tasks: 8,
    coreSeconds: 3,
    coresAtOnce: 1,
    gpuSeconds: 0,
    readBytes: 0,
    writeBytes: 0,
    coordinatorSeconds: 0,
    setUpBytes: 0,
  },
  runs: [{ workers: 2, seconds: 10, coreSeconds: 20 }],
} as const;
const measured = { ...invented, machine: RED, checks: [check] };

/** Opens the calculator from disk; what went wrong in it is collected. */
async function withPage(
  width: number,
  body: (page: Page, problems: readonly string[]) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const file = join(folder, "plan.html");
    writePlanPage(file, question, measured);
    const browser = await chromium.launch({
      executablePath: findChromium(),
      args: ["--no-sandbox", "--disable-gpu"],
    });
    try {
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => problems.push(message.text()));
      page.on("request", (request) => {
        if (!request.url().startsWith("file:")) problems.push(request.url());
      });
      await page.goto(pathToFileURL(file).href);
      await page.waitForSelector("html[data-ready=true]");
      await body(page, problems);
    } finally {
      await browser.close();
    }
  });
}

/** The cells of a table, row by row. */
const cells = (page: Page, table: string): Promise<string[][]> =>
  page
    .locator(`${table} tbody tr`)
    .evaluateAll((rows) =>
      rows.map((row) =>
        Array.from(
          row.querySelectorAll("td"),
          (cell) => (cell as unknown as { firstChild: { textContent: string } }).firstChild.textContent,
        ),
      ),
    );

test("planHtml() allows its own script and style by hash, and nothing else, and writes names as text", () => {
  const html = planHtml(question, measured);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
  const [, style] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? [];
  const [, script] = /<script>([\s\S]*?)<\/script>/.exec(html) ?? [];
  assert.equal(
    policy,
    `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`,
  );
  assert.doesNotMatch(html.replace(/<script[\s\S]*?<\/script>/g, ""), /<img/);
  assert.doesNotMatch(html, /(src|href)="?https?:/);
});

test("writePlanPage() writes one file, which is planHtml()'s text", () =>
  inFolder((folder) => {
    const file = join(folder, "new", "plan.html");
    writePlanPage(file, question, measured);
    assert.equal(readFileSync(file, "utf8"), planHtml(question, measured));
  }));

test(
  "the calculator opens from disk with the answers of planOf(), and asks nobody for anything",
  inBrowser,
  () =>
    withPage(1280, async (page, problems) => {
      const shown = await cells(page, "#jobs");
      // The page counts the net itself: NN4 as published, not the round numbers above.
      const given = await page.evaluate(
        `JSON.parse(document.getElementById("data").textContent).question.net.multiplyAdds`,
      );
      assert.equal(given, 1e8);
      assert.equal(shown.length, 8);
      // Nothing in a search depends on the net but D: its time is that of the command.
      const search = planOf(question, measured).rows.find(({ name }) => name === "search");
      const row = shown.find(([title]) => title.startsWith("10 nearest"));
      assert.deepEqual(
        row?.slice(3),
        search?.times.map(({ seconds }) => spanText(seconds)),
      );
      assert.deepEqual(await cells(page, "#checks"), [
        ["train, 2 workers", "2.00", "10.00", "12.00", "12.00"],
      ]);
      assert.equal(await page.locator("#figure path").count(), 8);
      assert.equal(await page.title(), "Past one machine");
      assert.deepEqual(problems, []);
    }),
);

test("the calculator answers while a reader types, says what cannot be and marks it", inBrowser, () =>
  withPage(1280, async (page, problems) => {
    const before = await cells(page, "#jobs");
    await page.fill("#images", "1e7");
    const twice = await cells(page, "#jobs");
    assert.notDeepEqual(twice, before);
    await page.fill("#images", "many");
    assert.match(
      (await page.textContent("#problem")) ?? "",
      /^Cannot plan: images must be an integer .*current value is NaN$/,
    );
    assert.equal(await page.getAttribute("#images", "aria-invalid"), "true");
    // What was answered last stays.
    assert.deepEqual(await cells(page, "#jobs"), twice);
    await page.fill("#images", "5e6");
    assert.equal(await page.textContent("#problem"), "");
    assert.equal(await page.getAttribute("#images", "aria-invalid"), null);
    assert.deepEqual(await cells(page, "#jobs"), before);
    await page.selectOption("#net", "NN2");
    assert.equal(await page.inputValue("#size"), "224");
    await page.fill("#workers", "3 40 500");
    assert.equal(await page.locator("#jobs th").count(), 6);
    // Failures that come faster than work ends: the table says so, and the figure leaves it out.
    await page.fill("#failuresPerWorkerHour", "1000");
    await page.fill("#workers", "1, 1e5");
    assert.ok((await cells(page, "#jobs")).some((row) => row[4] === "never"));
    assert.equal(await page.textContent("#problem"), "");
    assert.doesNotMatch((await page.locator("#figure").innerHTML()) ?? "", /NaN|="[^"]*Infinity/);
    assert.deepEqual(problems, []);
  }),
);

test(
  "the calculator fits a telephone's width without scrolling sideways, every input has a name",
  inBrowser,
  () =>
    withPage(400, async (page) => {
      assert.ok((await page.evaluate<number>("document.documentElement.scrollWidth")) <= 400);
      const nameless = await page
        .locator("#inputs input, #inputs select")
        .evaluateAll(
          (inputs) =>
            inputs.filter((input) => !(input as unknown as { labels: { length: number } }).labels.length)
              .length,
        );
      assert.equal(nameless, 0);
    }),
);
