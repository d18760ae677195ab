import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { findChromium } from "../report/chromium";

/** What a page of many points costs in headless Chromium, milliseconds. */
export interface PageCost {
  /** From the opening of the file until it is drawn. */
  readonly ready: number;
  /** Median frame while the map is moved by the keyboard, with the reading of a pixel that waits until it is drawn. */
  readonly moving: number;
  /** The frame after it, which draws all points. */
  readonly rest: number;
}

const FRAMES = `(async () => {
  const map = document.getElementById("map");
  const times = [];
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (draw) => ask((now) => {
    const start = performance.now();
    draw(now);
    map.getContext("2d").getImageData(0, 0, 1, 1);
    times.push(performance.now() - start);
  });
  for (let i = 0; i < 30; i++) {
    map.dispatchEvent(new KeyboardEvent("keydown", { key: i % 2 ? "ArrowLeft" : "ArrowRight", shiftKey: true }));
    await new Promise((done) => ask(() => setTimeout(done)));
  }
  const moving = times.splice(0).sort((a, b) => a - b);
  while (times.length === 0) await new Promise((done) => setTimeout(done, 20));
  return { moving: moving[moving.length >> 1], rest: times[0] };
})()`;

export async function pageCost(file: string): Promise<PageCost> {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
    const start = performance.now();
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector("html[data-ready=true]", { timeout: 120_000 });
    const ready = performance.now() - start;
    const frames = (await page.evaluate(FRAMES)) as Omit<PageCost, "ready">;
    return { ready, ...frames };
  } finally {
    await browser.close();
  }
}
