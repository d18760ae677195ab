import assert from "node:assert/strict";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import test from "node:test";
import fc from "fast-check";
import sharp from "sharp";
import { alignImage, checkAlignSettings, defaultAlignSettings, nearestCentre } from "../../lib/align/align";
import { type AlignOptions, alignDataSet } from "../../lib/align/alignDataSet";
import { loadDetector } from "../../lib/align/detector";
import { parseLandmarkFile } from "../../lib/align/landmarkFile";
import { mapPoints, similarityTransform } from "../../lib/align/similarity";
import { templatePoints } from "../../lib/align/templates";
import { packageRoot } from "../../lib/core/folders";
import { createRandom } from "../../lib/core/random";
import { type CropSet, type DataItem, type DataSet, pointsOfCrop } from "../../lib/data/dataset";
import { loadEngine } from "../../lib/engine/load";
import { decodeImage, encodePng } from "../../lib/image/codec";
import { raster } from "../../lib/image/raster";
import { assertClose } from "../gradients";

test("similarityTransform() by hand: a quarter turn, twice the size, moved", () => {
  // (1,0) → (0,2), (0,1) → (−2,0), then + (5, 6).
  assertClose(similarityTransform([0, 0, 1, 0, 0, 1], [5, 6, 5, 8, 3, 6]), [0, -2, 5, 2, 0, 6], 1e-12);
});

test("similarityTransform() recovers any similarity from five points", () => {
  const number = fc.double({ min: -50, max: 50, noNaN: true });
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 4, noNaN: true }),
      number,
      number,
      number,
      (scale, angle, c, f) => {
        const [a, b] = [scale * Math.cos(angle), scale * Math.sin(angle)];
        const from = templatePoints("arcface-112", 64, 4);
        const to = new Float64Array(10);
        for (let i = 0; i < 10; i += 2) {
          to[i] = a * from[i] - b * from[i + 1] + c;
          to[i + 1] = b * from[i] + a * from[i + 1] + f;
        }
        assertClose(similarityTransform(from, to), [a, -b, c, b, a, f], 1e-9);
      },
    ),
  );
});

test("similarityTransform() is the least-squares one: moving it in any way adds error", () => {
  const from = [0, 0, 4, 0, 4, 3, 0, 3];
  const to = [1, 1, 5.5, 0.5, 5, 4.5, 0.5, 4];
  const best = similarityTransform(from, to);
  const error = ([a, b, c, d, e, f]: readonly number[]): number =>
    [0, 2, 4, 6].reduce(
      (sum, i) =>
        sum +
        (a * from[i] + b * from[i + 1] + c - to[i]) ** 2 +
        (d * from[i] + e * from[i + 1] + f - to[i + 1]) ** 2,
      0,
    );
  for (const [da, db, dc, df] of [
    [0.01, 0, 0, 0],
    [0, 0.01, 0, 0],
    [0, 0, 0.05, 0],
    [0, 0, 0, 0.05],
  ]) {
    for (const sign of [1, -1]) {
      const [a, , c, b, , f] = best;
      const [ma, mb] = [a + sign * da, b + sign * db];
      assert.ok(error([ma, -mb, c + sign * dc, mb, ma, f + sign * df]) > error(best));
    }
  }
});

test("similarityTransform() refuses points that coincide", () => {
  assert.throws(() => similarityTransform([1, 1, 1, 1], [0, 0, 1, 1]), /points must not coincide/);
  assert.throws(() => similarityTransform([1, 1], [0, 0]), /at least 2/);
});

test("templatePoints() are centred and scale with the crop", () => {
  const points = templatePoints("arcface-112", 64, 4);
  // Left eye: (38.2946 − 56) · 0.95 · 64/112 + 36 = 26.389.
  assertClose([points[0]], [26.3887], 1e-4);
  assert.throws(
    () => templatePoints("mine", 64, 4),
    /template must be one of arcface-112, close-112, dlib-150, current value is mine/,
  );
});

test("mapPoints() turns and moves", () => {
  assertClose(mapPoints([0, -2, 3, 2, 0, 4], [1, 0, 0, 1]), [3, 6, 1, 4], 1e-6);
});

test("parseLandmarkFile() reads rows and names the line of a bad one", () => {
  const points = parseLandmarkFile("a/b.jpg 1 2 3 4 5 6 7 8 9 10\n", "x.txt").get("a/b.jpg");
  assert.deepEqual([...(points ?? [])], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.throws(
    () => parseLandmarkFile("a 1 2 3 4 5 6 7 8 9 10\nb 1 2\n", "x.txt"),
    /Cannot read x\.txt: line 2: a name and 10 numbers/,
  );
});

test("alignImage() puts known landmarks onto the template", async () => {
  // White dots at the five points; after alignment they must lie on the template.
  const image = raster(200, 200, 1);
  const points = Float32Array.from([70, 80, 125, 90, 95, 115, 68, 140, 118, 148]);
  for (let i = 0; i < 10; i += 2) {
    for (let dy = -3; dy <= 3; dy++)
      for (let dx = -3; dx <= 3; dx++) image.data[(points[i + 1] + dy) * 200 + points[i] + dx] = 255;
  }
  const settings = { ...defaultAlignSettings, channels: 1 as const };
  const { crop, status } = await alignImage(image, settings, { landmarks: points });
  assert.equal(status, "known landmarks");
  const map = similarityTransform(points, templatePoints("arcface-112", 64, 4));
  for (let i = 0; i < 10; i += 2) {
    const x = Math.round(map[0] * points[i] + map[1] * points[i + 1] + map[2]);
    const y = Math.round(map[3] * points[i] + map[4] * points[i + 1] + map[5]);
    assert.ok(crop.data[y * 72 + x] > 200);
  }
});

test("nearestCentre() takes the face nearest the middle, and alignImage() falls back to the centre", async () => {
  const face = (left: number, score: number) => ({
    box: { left, top: 40, width: 20, height: 20 },
    score,
    points: new Float32Array(10),
  });
  const image = raster(100, 100, 1, new Uint8Array(10_000).fill(50));
  assert.equal(nearestCentre([face(0, 1), face(45, 0.5), face(80, 1)], image)?.score, 0.5);
  const blind = { name: "blind", detect: async () => [] };
  const { status, crop } = await alignImage(
    image,
    { ...defaultAlignSettings, channels: 1 },
    { detector: blind },
  );
  assert.equal(status, "fallback");
  assert.ok(crop.data.every((v) => v === 50));
});

test("checkAlignSettings() names the setting that is out of range", () => {
  const bad = (change: object, message: RegExp): void =>
    assert.throws(() => checkAlignSettings({ ...defaultAlignSettings, ...change }), message);
  bad({ size: 4 }, /size must be an integer in \[8, 512\], current value is 4/);
  bad({ margin: -1 }, /margin must be an integer in \[0, 64\]/);
  bad({ mode: "magic" }, /mode must be one of none, center-crop/);
  bad({ centerShare: 0 }, /centre share must be in \(0, 1\]/);
});

async function withPictures(
  count: number,
  body: (dataSet: DataSet, folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "facenet-lab-"));
  const names = Array.from({ length: count }, (_, i) => `p${i}.png`);
  for (const [i, name] of names.entries()) {
    writeFileSync(
      join(folder, name),
      await encodePng(raster(30, 24, 1, new Uint8Array(720).fill(i * 20 + 5))),
    );
  }
  const items = names.map((name, i) => ({ name, label: i % 2, source: { path: join(folder, name) } }));
  const dataSet: DataSet = { name: "test", kind: "faces", identities: ["a", "b"], items, skipped: [] };
  try {
    await body(dataSet, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("alignDataSet() reads a second time from the cache, skips what is no image, and keeps the order", () =>
  withPictures(6, async (dataSet, folder) => {
    writeFileSync(join(folder, "p3.png"), "no picture");
    const options = { mode: "center-crop", size: 16, margin: 2, cache: join(folder, "cache") } as const;
    const first = await alignDataSet(dataSet, options);
    assert.deepEqual([...first.itemIndex], [0, 1, 2, 4, 5]);
    assert.match(first.report.skipped[0].reason, /Cannot read p3\.png/);
    assert.equal(first.report.fromCache, 0);
    assert.equal(first.crops.size, 20);
    for (const [row, item] of first.itemIndex.entries())
      assert.equal(first.crops.data[row * 1200], item * 20 + 5);
    const second = await alignDataSet(dataSet, options);
    assert.equal(second.report.fromCache, 5);
    assert.deepEqual(second.crops, first.crops);
  }));

test("alignDataSet() says where the five points of each face lie in its crop, also from the cache", () =>
  withPictures(4, async (dataSet, folder) => {
    const five = [2, 3, 6, 3, 4, 5, 2.5, 7, 5.5, 7.5];
    const landmarks = new Map(
      [1, 3].map((i) => [dataSet.items[i].name, Float32Array.from(five, (v) => v + i / 4)]),
    );
    writeFileSync(join(folder, "p1.png"), "no picture");
    const known = { ...dataSet, landmarks };
    const options = { size: 16, margin: 2, cache: join(folder, "cache"), items: [1, 3] };
    const { crops } = await alignDataSet(known, options);
    const points = pointsOfCrop(crops, 0) as Float32Array;
    const onto = similarityTransform(five, templatePoints("arcface-112", 16, 2));
    const [a, b, c, d, e, f] = onto;
    for (let p = 0; p < 10; p += 2) {
      assertClose([points[p]], [a * five[p] + b * five[p + 1] + c], 1e-4);
      assertClose([points[p + 1]], [d * five[p] + e * five[p + 1] + f], 1e-4);
    }
    const again = await alignDataSet(known, options);
    assert.equal(again.report.fromCache, 1);
    assert.deepEqual(again.crops, crops);
    const centred = await alignDataSet(known, { ...options, mode: "center-crop" });
    assert.equal(centred.crops.points, undefined);
  }));

/** Noise as JPEGs with five points each, among them a PNG, a turned one, a grey one, one without tables and one that is cut off. */
async function withPlainJpegs(
  count: number,
  body: (known: DataSet, folder: string) => Promise<void>,
): Promise<void> {
  await withPictures(count, async (dataSet, folder) => {
    const random = createRandom(5);
    const landmarks = new Map<string, Float32Array>();
    const items: DataItem[] = [];
    for (const [i, item] of dataSet.items.entries()) {
      const [width, height] = [30 + (i % 7), 40 - (i % 5)];
      const data = Uint8Array.from({ length: width * height * 3 }, () => 256 * random.next());
      const picture = sharp(data, { raw: { width, height, channels: 3 } });
      const path = join(folder, `p${i}.jpg`);
      const made: Record<number, () => Promise<Buffer>> = {
        1: () => picture.png().toBuffer(),
        2: () => picture.withMetadata({ orientation: 6 }).jpeg().toBuffer(),
        3: async () => withoutTables(await picture.jpeg().toBuffer()),
        4: async () => (await picture.jpeg().toBuffer()).subarray(0, -200),
        5: () => picture.toColourspace("b-w").jpeg().toBuffer(),
      };
      writeFileSync(path, await (made[i % 10] ?? (() => picture.jpeg().toBuffer()))());
      const five = [8, 9, 20, 10, 14, 16, 9, 22, 19, 23];
      landmarks.set(
        item.name,
        Float32Array.from(five, (v) => v + 4 * random.next()),
      );
      items.push({ ...item, source: { path } });
    }
    await body({ ...dataSet, items, landmarks }, folder);
  });
}

/** A JPEG without its quantisation tables: it looks plain and cannot be decoded. */
function withoutTables(bytes: Buffer): Buffer {
  const parts: Buffer[] = [bytes.subarray(0, 2)];
  for (let at = 2; at < bytes.length; ) {
    const scan = bytes[at + 1] === 0xda;
    const end = scan ? bytes.length : at + 2 + bytes.readUInt16BE(at + 2);
    if (bytes[at + 1] !== 0xdb) parts.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

const small = { size: 16, cache: false } as const;
/** Crops and skipped names when each item is aligned alone, which takes the general way. */
async function oneByOne(
  known: DataSet,
  options: AlignOptions,
): Promise<{ data: Uint8Array; skipped: string[] }> {
  const all = await Promise.all(known.items.map((_, i) => alignDataSet(known, { ...options, items: [i] })));
  return {
    data: Uint8Array.from(all.flatMap(({ crops }) => [...crops.data])),
    skipped: all.flatMap(({ report }) => report.skipped.map(({ name }) => name)).sort(),
  };
}

// Before the others: once its graph is loaded, it stays.
test("alignDataSet() makes the same crops where the decoder of many cannot be opened", () =>
  withPlainJpegs(70, async (known, folder) => {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = join(folder, "nowhere");
    let crops: CropSet;
    try {
      ({ crops } = await alignDataSet(known, small));
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
    assert.deepEqual(crops.data, (await oneByOne(known, small)).data);
  }));

test("alignDataSet() makes the crops of many plain JPEGs together, the same as one after another, beside files of other kinds", () =>
  withPlainJpegs(80, async (known) => {
    for (const settings of [{ margin: 3 }, { margin: 0, channels: 1 }, { mode: "center-crop" }] as const) {
      const options = { ...small, ...settings };
      const { crops, itemIndex, report } = await alignDataSet(known, options);
      const expected = await oneByOne(known, options);
      assert.deepEqual(crops.data, expected.data, JSON.stringify(settings));
      assert.deepEqual(
        [...itemIndex],
        known.items.map((_, i) => i).filter((i) => i % 10 !== 3 && i % 10 !== 4),
      );
      assert.deepEqual(
        report.skipped.map(({ name }) => name),
        expected.skipped,
      );
      for (const { reason } of report.skipped) assert.doesNotMatch(reason, /Unknown error/);
    }
  }));

test("alignDataSet() of many plain JPEGs stops when told to, keeps what it made, and ends its threads", () =>
  withPlainJpegs(200, async (known, folder) => {
    const stop = new AbortController();
    const options = { ...small, cache: join(folder, "cache") };
    let after = 0;
    const progress = ({ done }: { readonly done: number }): void => {
      if (stop.signal.aborted) after++;
      if (done === 60) stop.abort();
    };
    await assert.rejects(
      alignDataSet(known, { ...options, signal: stop.signal, progress }),
      /^Interrupted: /,
    );
    const counted = after;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(after, counted);
    const { crops, report } = await alignDataSet(known, options);
    // 60 were done, of which at most the 40 that cannot be read are no crops.
    assert.ok(report.fromCache >= 20 && report.fromCache < 160, String(report.fromCache));
    assert.deepEqual(crops.data, (await alignDataSet(known, small)).crops.data);
  }));

test("alignDataSet() uses what an interrupted or damaged cache still holds", () =>
  withPictures(4, async (dataSet, folder) => {
    const cache = join(folder, "cache");
    const options = { mode: "none", size: 16, margin: 0, cache } as const;
    const first = await alignDataSet(dataSet, options);
    const [settings] = readdirSync(cache);
    const index = readdirSync(join(cache, settings)).find((name) => name.endsWith(".index"));
    assert.ok(index);
    const path = join(cache, settings, index);
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(path, `${lines[0]}\n${lines[1].slice(0, 20)}`);
    appendFileSync(path, '\n{"key":"x","offset":999999999,"status":"detected"}\n');
    const second = await alignDataSet(dataSet, options);
    assert.equal(second.report.fromCache, 1);
    assert.deepEqual(second.crops, first.crops);
    assert.equal((await alignDataSet(dataSet, options)).report.fromCache, 4);
  }));

test("alignDataSet() stops when told to and says when the cache cannot be written", () =>
  withPictures(3, async (dataSet, folder) => {
    await assert.rejects(
      alignDataSet(dataSet, { mode: "none", cache: false, signal: AbortSignal.abort() }),
      /Stopped: alignment/,
    );
    writeFileSync(join(folder, "blocked"), "");
    await assert.rejects(
      alignDataSet(dataSet, { mode: "none", cache: join(folder, "blocked") }),
      /Cannot write the cache/,
    );
  }));

const shared = resolve(packageRoot(), "..", "shared", "data");
const lfw = process.env.FACENET_LAB_LFW ?? join(shared, "lfw");
const landmarkFile = join(shared, "lfw-meta", "lfw_landmark.txt");
const noLfw =
  existsSync(join(lfw, "Aaron_Eckhart")) && existsSync(landmarkFile)
    ? false
    : "LFW and its landmark file were not found";

test("loadDetector() finds LFW's faces where the landmark file says, and leaves no tensors", {
  skip: noLfw,
}, async () => {
  const known = parseLandmarkFile(readFileSync(landmarkFile, "utf8"), landmarkFile);
  const names = [...known.keys()].filter((_, i) => i % 661 === 0);
  const detector = await loadDetector();
  const tf = loadEngine();
  const errors: number[] = [];
  let tensors = 0;
  for (const name of names) {
    const image = await decodeImage(readFileSync(join(lfw, name)), name);
    const face = nearestCentre(await detector.detect(image), image);
    if (tensors === 0) tensors = tf.memory().numTensors;
    const truth = known.get(name);
    if (!face || !truth) continue;
    const eyes = Math.hypot(truth[2] - truth[0], truth[3] - truth[1]);
    let error = 0;
    for (let i = 0; i < 10; i += 2)
      error += Math.hypot(face.points[i] - truth[i], face.points[i + 1] - truth[i + 1]) / 5 / eyes;
    errors.push(error);
  }
  assert.ok(errors.length >= names.length - 1);
  assert.ok(errors.reduce((a, b) => a + b, 0) / errors.length < 0.12);
  assert.equal(tf.memory().numTensors, tensors);
});

const orl = join(shared, "orl");
test("loadDetector() finds the small grey ORL faces", {
  skip: existsSync(orl) ? false : "ORL was not found",
}, async () => {
  const detector = await loadDetector();
  let found = 0;
  for (let s = 1; s <= 10; s++) {
    const path = join(orl, `s${s}`, "1.pgm");
    const image = await decodeImage(readFileSync(path), path);
    if ((await detector.detect(image)).length > 0) found++;
  }
  assert.ok(found >= 9, `${found} of 10`);
});
