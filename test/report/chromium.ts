import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { chromium as launcher, type Page } from "playwright-core";

/** `CHROMIUM`, else the first of the usual names in PATH; undefined where there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.CHROMIUM) return env.CHROMIUM;
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return ["chromium", "chromium-browser", "google-chrome"]
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

/** The page as it stands after its scripts ran, as text. */
export async function domOf(chromium: string, file: string): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), "facenet-lab-chromium-"));
  const flags = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--user-data-dir=${profile}`,
    "--virtual-time-budget=8000",
    "--dump-dom",
  ];
  try {
    const { stdout } = await promisify(execFile)(chromium, [...flags, pathToFileURL(file).href], {
      maxBuffer: 2 ** 28,
      timeout: 180_000,
      killSignal: "SIGKILL",
    });
    return stdout;
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Opens a page from disk in a window of `width` pixels, and closes it again. */
export async function onScreen<T>(
  chromium: string,
  file: string,
  width: number,
  body: (page: Page) => Promise<T>,
): Promise<T> {
  const browser = await launcher.launch({
    executablePath: chromium,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector("html[data-ready=true]");
    return await body(page);
  } finally {
    await browser.close();
  }
}
