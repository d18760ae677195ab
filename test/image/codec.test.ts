import assert from "node:assert/strict";
import test from "node:test";
import sharp from "sharp";
import { decodeImage, encodeJpeg, encodePng, svgToPng } from "../../lib/image/codec";
import { type Raster, raster, withChannels } from "../../lib/image/raster";

/** 3 × 2 pixels, every one of another colour. */
const six: Raster = raster(
  3,
  2,
  3,
  Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9, 90, 90, 90, 200, 200, 200]),
);

test("decodeImage() gives back what encodePng() was given", async () => {
  const image = await decodeImage(await encodePng(six), "six.png");
  assert.deepEqual(image, six);
});

test("decodeImage() reads JPEG and WebP, colour and grey, and lays transparency on white", async () => {
  const big = raster(16, 16, 3, new Uint8Array(768).fill(120));
  for (const bytes of [
    await encodeJpeg(big),
    await sharp(big.data, { raw: { width: 16, height: 16, channels: 3 } })
      .webp()
      .toBuffer(),
  ]) {
    const image = await decodeImage(bytes, "flat");
    assert.deepEqual([image.width, image.height, image.channels], [16, 16, 3]);
    assert.ok(image.data.every((v) => Math.abs(v - 120) <= 2));
  }
  const grey = await encodeJpeg(withChannels(big, 1));
  assert.equal((await decodeImage(grey, "grey")).channels, 3);
  assert.equal((await decodeImage(grey, "grey", { channels: 1 })).data.length, 256);
  const clear = await sharp({
    create: { width: 2, height: 2, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  })
    .png()
    .toBuffer();
  assert.ok((await decodeImage(clear, "clear")).data.every((v) => v === 255));
});

test("decodeImage() applies all eight EXIF orientations", async () => {
  // Where the first pixel (red) of the stored 3×2 image must lie: [width, height, x, y], EXIF 2.3, section 4.6.4.
  const expected: Record<number, number[]> = {
    1: [3, 2, 0, 0],
    2: [3, 2, 2, 0],
    3: [3, 2, 2, 1],
    4: [3, 2, 0, 1],
    5: [2, 3, 0, 0],
    6: [2, 3, 1, 0],
    7: [2, 3, 1, 2],
    8: [2, 3, 0, 2],
  };
  for (const [orientation, [width, height, x, y]] of Object.entries(expected)) {
    const bytes = await sharp(six.data, { raw: { width: 3, height: 2, channels: 3 } })
      .withMetadata({ orientation: Number(orientation) })
      .png()
      .toBuffer();
    const image = await decodeImage(bytes, "turned");
    assert.deepEqual([image.width, image.height], [width, height]);
    const start = (y * width + x) * 3;
    assert.deepEqual([...image.data.subarray(start, start + 3)], [255, 0, 0], `orientation ${orientation}`);
  }
});

test("decodeImage() reads binary and plain PGM and PPM, with comments and 16 bits", async () => {
  const p5 = Buffer.concat([Buffer.from("P5\n# made by hand\n2 1\n255\n"), Buffer.from([7, 250])]);
  assert.deepEqual([...(await decodeImage(p5, "a.pgm", { channels: 1 })).data], [7, 250]);
  assert.deepEqual(
    [...(await decodeImage(Buffer.from("P2 2 1 4 0 2"), "a.pgm", { channels: 1 })).data],
    [0, 128],
  );
  const wide = Buffer.concat([Buffer.from("P5 1 1 65535\n"), Buffer.from([255, 255])]);
  assert.deepEqual([...(await decodeImage(wide, "a.pgm")).data], [255, 255, 255]);
  assert.deepEqual([...(await decodeImage(Buffer.from("P3 1 1 255 1 2 3"), "a.ppm")).data], [1, 2, 3]);
});

test("decodeImage() names the file in one line for what is no whole image", async () => {
  const jpeg = await encodeJpeg(
    raster(
      64,
      64,
      3,
      new Uint8Array(64 * 64 * 3).map((_, i) => (i * 37) & 255),
    ),
  );
  const bad: [Uint8Array, string][] = [
    [new Uint8Array(), "empty"],
    [Buffer.from("this is text, named .jpg"), "text"],
    [jpeg.subarray(0, jpeg.length / 2), "half"],
    [Buffer.from("P5 100000 100000 255\n"), "huge"],
    [Buffer.from("P5 4 4 255\nabc"), "short"],
    [Buffer.from("P2 2 2 255 1 2 x"), "letters"],
  ];
  for (const [bytes, name] of bad) {
    await assert.rejects(decodeImage(bytes, `${name}.jpg`), (error: Error) => {
      assert.match(error.message, new RegExp(`^Cannot read ${name}\\.jpg: .`));
      assert.ok(!error.message.includes("\n"));
      return true;
    });
  }
});

test("decodeImage() refuses more pixels than allowed before it decodes them", async () => {
  const big = await encodePng(raster(300, 300, 1));
  await assert.rejects(
    decodeImage(big, "big.png", { mostPixels: 1000 }),
    /Cannot read big\.png: .*pixel limit/,
  );
});

test("svgToPng() draws an SVG", async () => {
  const png = await svgToPng(
    '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4" fill="#ff0000"/></svg>',
    2,
  );
  const image = await decodeImage(png, "drawn");
  assert.deepEqual([image.width, ...image.data.subarray(0, 3)], [8, 255, 0, 0]);
});
