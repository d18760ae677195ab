import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { findChromium } from "../report/chromium";

/** What became of a page in a browser. */
export interface Opened {
  readonly title: string;
  /** Text of all elements but scripts and styles, and the attributes that are read to people; white space as one space. */
  readonly text: string;
  /** Errors of scripts, refusals of the policy, dialogs, and requests to anywhere but the file. */
  readonly problems: readonly string[];
}

const READ = `(() => {
  for (const gone of document.querySelectorAll("script, style")) gone.remove();
  const attributes = [...document.querySelectorAll("[title], [alt], [aria-label]")]
    .flatMap((e) => ["title", "alt", "aria-label"].map((name) => e.getAttribute(name) ?? ""));
  return [document.documentElement.textContent, ...attributes].join(" ").replace(/\\s+/g, " ");
})()`;

/** Opens a file from disk in headless Chromium, waits until its scripts have drawn, and touches everything that can be focused or clicked. */
export async function openPage(file: string): Promise<Opened> {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => problems.push(message.text()));
    page.on("dialog", (dialog) => {
      problems.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (!/^(data|blob):/.test(request.url()) && request.url() !== pathToFileURL(file).href)
        problems.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    if (await page.evaluate("document.scripts.length > 0"))
      await page.waitForSelector("html[data-ready=true]", { timeout: 60_000 });
    for (let i = 0; i < 40; i++) await page.keyboard.press("Tab");
    await page.waitForTimeout(100);
    return { title: await page.title(), text: String(await page.evaluate(READ)), problems };
  } finally {
    await browser.close();
  }
}
