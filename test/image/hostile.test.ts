import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { countPixels, decodeImage, encodeJpeg, encodePng } from "../../lib/image/codec";
import { raster } from "../../lib/image/raster";
import { inFolder } from "../inFolder";

const HUGE = 100_000;

/** Small pictures whose headers were changed to claim as many pixels as their format can say, or 100,000 × 100,000. */
async function claims(): Promise<Record<string, Buffer>> {
  const picture = raster(16, 16, 3, new Uint8Array(16 * 16 * 3).fill(90));
  const png = Buffer.from(await encodePng(picture));
  png.writeUInt32BE(HUGE, 16);
  png.writeUInt32BE(HUGE, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  const jpeg = Buffer.from(await encodeJpeg(picture));
  // Start of frame: marker, length (2), precision (1), height, width.
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  jpeg.writeUInt16BE(0xffff, frame + 5);
  jpeg.writeUInt16BE(0xffff, frame + 7);
  // An extended WebP claims its canvas in 24 bits each, less one.
  const plain = await sharp(picture.data, { raw: { width: 16, height: 16, channels: 3 } })
    .webp()
    .toBuffer();
  const extended = Buffer.alloc(18);
  extended.write("VP8X");
  extended.writeUInt32LE(10, 4);
  extended.writeUIntLE(HUGE - 1, 12, 3);
  extended.writeUIntLE(HUGE - 1, 15, 3);
  const webp = Buffer.concat([plain.subarray(0, 12), extended, plain.subarray(12)]);
  webp.writeUInt32LE(webp.length - 8, 4);
  return {
    "huge.png": png,
    "huge.jpg": jpeg,
    "huge.webp": webp,
    "huge.pgm": Buffer.from(`P5 ${HUGE} ${HUGE} 255\n`),
    "plain.pgm": Buffer.from(`P2 ${HUGE} ${HUGE} 255\n1 2 3`),
  };
}

/** Peak memory of a Node process that runs `code` with `argument`, in MiB; its last line must say so. */
function peakOf(code: string, argument: string): { readonly peak: number; readonly lines: string[] } {
  const ran = spawnSync(
    process.execPath,
    ["-e", `${code};done.then(() => console.log(process.resourceUsage().maxRSS / 1024))`, argument],
    {
      encoding: "utf8",
    },
  );
  assert.equal(ran.status, 0, ran.stderr);
  const lines = ran.stdout.trim().split("\n");
  return { peak: Number(lines.pop()), lines };
}

test("decodeImage() refuses files that claim 100,000 × 100,000 pixels, in one line, without taking their memory", () =>
  inFolder(async (folder) => {
    const files = await claims();
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    const code = `
      const { decodeImage } = require(${JSON.stringify(require.resolve("../../lib/image/codec"))});
      const fs = require("node:fs"), [folder] = process.argv.slice(1);
      const done = Promise.all(fs.readdirSync(folder).map((name) => decodeImage(fs.readFileSync(folder + "/" + name), name)
        .then(() => console.log("READ " + name), (error) => console.log(error.name + ": " + error.message))))`;
    const { peak, lines } = peakOf(code, folder);
    assert.equal(lines.length, Object.keys(files).length);
    for (const line of lines)
      assert.match(line, /^LabError: Cannot read (huge|plain)\.(png|jpg|webp|pgm): ./);
    // Node with sharp takes about 70 MiB; one of these pictures would take 12,000 or more.
    assert.ok(peak < 250, `${peak} MiB`);
  }));

test("alignDataSet() decodes pictures of 100 million pixels one after another", () =>
  inFolder(async (folder) => {
    const bomb = await sharp({ create: { width: 9990, height: 9990, channels: 3, background: "#654321" } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    assert.ok(bomb.length < 400_000);
    mkdirSync(join(folder, "Ada"));
    for (let i = 0; i < 5; i++) writeFileSync(join(folder, "Ada", `${i}.png`), bomb);
    const of = (name: string): string => JSON.stringify(require.resolve(`../../lib/${name}`));
    const code = `
      const { alignDataSet } = require(${of("align/alignDataSet")}), { loadFolder } = require(${of("data/folder")});
      const done = loadFolder(process.argv[1]).then((set) => alignDataSet(set, { mode: "center-crop", size: 32, cache: false }))
        .then(({ crops }) => console.log(crops.labels.length))`;
    const { peak, lines } = peakOf(code, folder);
    assert.deepEqual(lines, ["5"]);
    // One takes 300 MB as pixels and once more on the way, and waits for the garbage collector; six at once took 1,843 MiB, one after another 680.
    assert.ok(peak < 1100, `${peak} MiB`);
  }));

test("decodeImage() refuses documents that could be drawn, whatever they are called", async () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';
  for (const text of [svg, `<?xml version="1.0"?>${svg}`, "%PDF-1.7", "x".repeat(20)]) {
    for (const read of [decodeImage, countPixels]) {
      await assert.rejects(
        read(Buffer.from(text), "a.png") as Promise<unknown>,
        /^LabError: Cannot read a\.png: it is no image of a kind that is read \(JPEG/,
      );
    }
  }
});

test("countPixels() reads headers only", async () => {
  const noise = Uint8Array.from({ length: 300 * 200 }, (_, i) => (i * i) % 251);
  const png = Buffer.from(await encodePng(raster(300, 200, 1, noise)));
  const half = png.subarray(0, png.length / 2);
  await assert.rejects(decodeImage(half, "a.png"), /^LabError/);
  assert.equal(await countPixels(half, "a.png"), 60_000);
  assert.equal(await countPixels(Buffer.from("P5 2 2 255\nabcd"), "a.pgm"), 15);
  await assert.rejects(countPixels(png.subarray(0, 20), "a.png"), /^LabError: Cannot read a\.png: /);
});
