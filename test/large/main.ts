/**
 * node dist/test/large/main.js images [COUNT] | training [MINUTES] | explorer [POINTS] | folders [COUNT]: what many images, long runs and large pages cost. Each prints
 * its figures and exits with 1 when a bound is broken. Not part of the tests: they take minutes to an hour, and gigabytes of disk.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeCsv } from "../../lib/core/csv";
import { encodeNpy } from "../../lib/core/npy";
import { loadFolder } from "../../lib/data/folder";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { commandLine, costOf } from "./child";
import { pageCost } from "./explorer";
import { writePictures } from "./images";
import { memoryWhileTraining, slopeOf } from "./training";

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
/** Most memory of any stage, MiB. */
const MOST_MIB = 4096;

async function images(folder: string, count: number): Promise<string[]> {
  const at = (name: string): string => join(folder, name);
  const broken: string[] = [];
  const stage = async (name: string, script: string, ...args: string[]): Promise<string> => {
    const { seconds, peak, out } = await costOf(folder, script, args);
    say(`${name.padEnd(28)} ${seconds.toFixed(0).padStart(5)} s  at most ${peak.toFixed(0)} MiB`);
    if (peak > MOST_MIB) broken.push(`${name}: ${peak.toFixed(0)} MiB`);
    return out;
  };
  const start = performance.now();
  mkdirSync(at("data"));
  writePictures(at("data"), count);
  say(
    `${`${count} pictures written`.padEnd(28)} ${((performance.now() - start) / 1000).toFixed(0).padStart(5)} s`,
  );
  const small = "--size 32 --net laptop-small --steps 30 --seed 1 --quiet".split(" ");
  await stage(
    "walk, load to report",
    commandLine,
    "walk",
    "--data",
    at("data"),
    "--out",
    at("run"),
    ...small,
  );
  await stage(
    "align and embed all",
    join(__dirname, "embedAll.js"),
    at("data"),
    at("run/model"),
    at("vectors"),
  );
  const args = ["evaluate", "--embeddings", at("vectors"), "--html", at("page.html"), "--json", "--quiet"];
  const { verification } = JSON.parse(await stage("all pairs, k-NN, page", commandLine, ...args)) as {
    verification: { pairs: { same: number; different: number }; auc: number };
  };
  say(`${verification.pairs.same + verification.pairs.different} pairs, AUC ${verification.auc.toFixed(4)}`);
  return broken;
}

async function training(minutes: number): Promise<string[]> {
  const seen = await memoryWhileTraining(minutes);
  // The first fifth is warming up: caches, pools and the engine's arenas.
  const steady = seen.slice(Math.floor(seen.length / 5));
  const tensors = new Set(steady.map((at) => at.tensors));
  const slope =
    1000 *
    slopeOf(
      steady.map(({ step }) => step),
      steady.map(({ rss }) => rss),
    );
  const rise = (steady.at(-1)?.rss ?? 0) - steady[0].rss;
  say(
    `${seen.at(-1)?.step} steps: ${[...tensors].join(", ")} tensors; ${steady[0].rss.toFixed(0)} MiB after the first fifth, ${rise.toFixed(1)} MiB more at the end, ${slope.toFixed(2)} MiB per 1,000 steps`,
  );
  return [
    ...(tensors.size === 1 ? [] : ["the number of tensors changes"]),
    ...(rise < 0.1 * steady[0].rss ? [] : ["memory grows by more than a tenth"]),
  ];
}

async function explorer(folder: string, points: number): Promise<string[]> {
  const at = (name: string): string => join(folder, name);
  const { x, labels } = clusteredEmbeddings(2, points, Math.max(3, points / 20), 32, 0.5);
  writeFileSync(at("E.npy"), encodeNpy(x));
  writeFileSync(
    at("L.csv"),
    encodeCsv([["identity"], ...Array.from(labels, (label) => [`person ${label}`])]),
  );
  const args = [
    "--embeddings",
    at("E.npy"),
    "--labels",
    at("L.csv"),
    "--points",
    String(points),
    "--out",
    at("x.html"),
  ];
  const { seconds, peak } = await costOf(folder, commandLine, ["explore", ...args, "--quiet"]);
  const { ready, moving, rest } = await pageCost(at("x.html"));
  const size = statSync(at("x.html")).size / 2 ** 20;
  say(
    `${points} points: made in ${seconds.toFixed(0)} s with at most ${peak.toFixed(0)} MiB; the page has ${size.toFixed(1)} MiB, is drawn after ${(ready / 1000).toFixed(1)} s, a frame takes ${moving.toFixed(0)} ms while it moves and ${rest.toFixed(0)} ms at rest`,
  );
  return peak > MOST_MIB ? [`${peak.toFixed(0)} MiB`] : [];
}

async function folders(folder: string, count: number): Promise<string[]> {
  for (let i = 0; i < count; i++) mkdirSync(join(folder, `p${i}`));
  mkdirSync(join(folder, "zz"));
  writeFileSync(join(folder, "zz", "1.jpg"), "x");
  const start = performance.now();
  const set = await loadFolder(folder, { maxIdentities: count + 1 });
  const seconds = (performance.now() - start) / 1000;
  const peak = process.resourceUsage().maxRSS / 1024;
  say(
    `${count} empty folders: ${set.items.length} image found in ${seconds.toFixed(1)} s with at most ${peak.toFixed(0)} MiB`,
  );
  return set.items.length === 1 && peak < MOST_MIB
    ? []
    : ["the image was not found, or memory broke its bound"];
}

async function main([kind, value]: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "facenet-lab-large-"));
  const number = (usual: number): number => Number(value ?? usual);
  const kinds: Readonly<Record<string, () => Promise<string[]>>> = {
    images: () => images(folder, number(100_000)),
    training: () => training(number(60)),
    explorer: () => explorer(folder, number(20_000)),
    folders: () => folders(folder, number(1_000_000)),
  };
  try {
    if (!Object.hasOwn(kinds, kind ?? "")) {
      say(`one of ${Object.keys(kinds).join(", ")} is wanted`);
      return 2;
    }
    const broken = await kinds[kind]();
    for (const line of broken) say(`BROKEN ${line}`);
    return broken.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main(process.argv.slice(2)).then((status) => process.exit(status));
