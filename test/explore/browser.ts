import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { writeExplorer } from "../../lib/explore/page";
import { inFolder } from "../inFolder";
import { findChromium } from "../report/chromium";
import { type Invented, inventedExplorer } from "./explored";

const executablePath: string | undefined = findChromium();

/** Options of a test that needs a browser: it is skipped, and says why, where there is none. */
export const inBrowser: { readonly skip: string | false } = {
  skip: executablePath ? false : "skipped: no Chromium in PATH (or name it in CHROMIUM)",
};

/** A page from disk with what went wrong in it: errors of scripts, refusals of the policy, requests to anywhere else. */
export interface Opened {
  readonly page: Page;
  readonly problems: readonly string[];
}

/** Options of {@link withExplorer}. */
export interface ExplorerOptions extends Invented {
  readonly width?: number;
  readonly height?: number;
}

/** Opens an invented explorer from disk in headless Chromium and closes it again. */
export async function withExplorer(
  options: ExplorerOptions,
  body: (opened: Opened) => Promise<void>,
): Promise<void> {
  const { width = 1100, height = 760, ...invented } = options;
  await inFolder(async (folder) => {
    const file = join(folder, "explore.html");
    writeExplorer(file, await inventedExplorer(invented));
    const browser: Browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu"],
    });
    try {
      const page = await browser.newPage({ viewport: { width, height } });
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => problems.push(message.text()));
      page.on("request", (request) => {
        if (!/^(file|data|blob):/.test(request.url())) problems.push(request.url());
      });
      await page.goto(pathToFileURL(file).href);
      await page.waitForSelector("html[data-ready=true]");
      await body({ page, problems });
    } finally {
      await browser.close();
    }
  });
}

/** Two frames: what was asked for is drawn afterwards. */
export async function nextFrame(page: Page): Promise<void> {
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
}
