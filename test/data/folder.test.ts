import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "node:test";
import sharp from "sharp";
import { describeDataSet } from "../../lib/data/describe";
import { loadFolder } from "../../lib/data/folder";
import { printable } from "../../lib/data/names";
import { decodeImage } from "../../lib/image/codec";
import { inFolder } from "../inFolder";

async function withFiles(files: readonly string[], body: (folder: string) => Promise<void>): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), "facenet-lab-"));
  const folder = join(parent, "data");
  mkdirSync(folder);
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), file.includes("empty") ? "" : "x");
  }
  try {
    await body(folder);
  } finally {
    rmSync(parent, { recursive: true });
  }
}

test("loadFolder() lists identities and images in a fixed order and says what it left out", () =>
  withFiles(
    [
      "b/2.jpg",
      "b/10.PNG",
      "a/x.webp",
      "a/notes.txt",
      "a/empty.jpg",
      "c/empty.png",
      "loose.jpg",
      ".hidden/x.jpg",
      "a/inner/y.jpg",
    ],
    async (folder) => {
      const dataSet = await loadFolder(folder);
      assert.deepEqual(dataSet.identities, ["a", "b"]);
      assert.deepEqual(
        dataSet.items.map((item) => item.name),
        ["a/x.webp", "b/10.PNG", "b/2.jpg"],
      );
      const reasons = new Map(dataSet.skipped.map(({ name, reason }) => [name, reason]));
      assert.equal(reasons.get("a/notes.txt"), "not an image");
      assert.equal(reasons.get("a/empty.jpg"), "an empty file");
      assert.equal(reasons.get("loose.jpg"), "an image outside an identity folder");
      assert.equal(reasons.get("c"), "an identity folder without images");
      assert.match(reasons.get("a/inner") ?? "", /one level is read/);
      assert.equal(describeDataSet(dataSet).withOneImage, 1);
    },
  ));

test("loadFolder() lists every kind of image that decodeImage() reads, and says what to do with HEIC", () =>
  inFolder(async (folder) => {
    const picture = sharp({ create: { width: 16, height: 8, channels: 3, background: "#c04020" } });
    const files: Record<string, Uint8Array> = {
      "1.gif": await picture.gif().toBuffer(),
      "2.tif": await picture.tiff().toBuffer(),
      "3.TIFF": await picture.tiff({ compression: "lzw" }).toBuffer(),
      "4.avif": await picture.avif().toBuffer(),
      "5.jpeg": await picture.jpeg().toBuffer(),
      "6.png": await picture.png().toBuffer(),
      "7.webp": await picture.webp().toBuffer(),
      "8.ppm": Buffer.from(`P6 16 8 255\n${"x".repeat(3 * 16 * 8)}`),
      "9.HEIC": Buffer.from("x"),
    };
    mkdirSync(join(folder, "a"));
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, "a", name), bytes);
    const { items, skipped } = await loadFolder(folder);
    assert.deepEqual(
      items.map(({ name }) => name),
      Object.keys(files)
        .slice(0, -1)
        .map((name) => `a/${name}`),
    );
    for (const { name } of items) {
      const { width, height } = await decodeImage(readFileSync(join(folder, name)), name);
      assert.deepEqual([width, height], [16, 8], name);
    }
    const reason = "HEIC, which this package does not read: convert it to JPEG";
    assert.deepEqual(skipped, [{ name: "a/9.HEIC", reason }]);
    for (const { name } of items) rmSync(join(folder, name));
    await assert.rejects(loadFolder(folder), /none holds a usable image; 1 files are HEIC, which this/);
  }));

test("loadFolder() takes hostile names as data", () => {
  const names = [
    "<img src=x onerror=alert(1)>",
    "__proto__",
    "constructor",
    "..hidden up",
    "x".repeat(200),
    "‮evil",
    "naïve Ünïcode 名前",
  ];
  return withFiles(
    names.map((name) => `${name.replaceAll("/", "")}/1.jpg`),
    async (folder) => {
      const dataSet = await loadFolder(folder);
      assert.equal(dataSet.identities.length, names.length - 1);
      assert.ok(
        dataSet.identities.includes("__proto__") &&
          dataSet.identities.includes("<img src=x onerror=alert(1)>"),
      );
      assert.ok(!printable("‮evil").includes("‮"));
    },
  );
});

test("loadFolder() does not follow a link out of the folder", () =>
  withFiles(["a/1.jpg", "a/2.jpg"], async (folder) => {
    writeFileSync(join(folder, "..", "secret.jpg"), "x");
    symlinkSync(join(folder, "..", "secret.jpg"), join(folder, "a", "link.jpg"));
    symlinkSync(join(folder, ".."), join(folder, "b"));
    const dataSet = await loadFolder(folder);
    assert.deepEqual(
      dataSet.items.map((item) => item.name),
      ["a/1.jpg", "a/2.jpg"],
    );
    assert.equal(
      dataSet.skipped.filter(({ reason }) => reason === "a link that leaves the folder").length,
      2,
    );
  }));

test("loadFolder() finds the one image among 20,000 empty folders, and says so when there is none", () =>
  withFiles(["zz/1.jpg"], async (folder) => {
    for (let i = 0; i < 20_000; i++) mkdirSync(join(folder, `p${i}`));
    const dataSet = await loadFolder(folder);
    assert.deepEqual([dataSet.identities, dataSet.items.length], [["zz"], 1]);
    assert.equal(dataSet.skipped.length, 20_000);
    rmSync(join(folder, "zz"), { recursive: true });
    await assert.rejects(
      loadFolder(folder),
      (error: Error) =>
        /20000 folders were found and none holds a usable image/.test(error.message) &&
        error.message.length < 1000,
    );
    await assert.rejects(
      loadFolder(folder, { maxIdentities: 1000 }),
      /at most 11000 names|at most 1000 identity folders/,
    );
  }));

test("loadFolder() says what is wrong with a folder that holds no data", async () => {
  await assert.rejects(loadFolder("/no/such/folder"), /the folder must exist, and it does not/);
  await withFiles([], (folder) => assert.rejects(loadFolder(folder), /it is empty; wanted are/));
  await withFiles(["1.jpg", "2.jpg"], (folder) =>
    assert.rejects(loadFolder(folder), /2 images lie loose in it, without a folder per identity/),
  );
  await withFiles(["a/x.txt"], (folder) =>
    assert.rejects(loadFolder(folder), /1 folders were found and none holds a usable image/),
  );
  await withFiles(["a/1.jpg"], (folder) =>
    assert.rejects(loadFolder(join(folder, "a", "1.jpg")), /it must be a folder, and it is a file/),
  );
});
