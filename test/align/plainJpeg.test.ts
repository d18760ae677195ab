import assert from "node:assert/strict";
import test from "node:test";
import sharp from "sharp";
import { JPEGS_AT_ONCE, openJpegDecoder, UNSURE_EDGE } from "../../lib/align/jpegRegions";
import { createRandom } from "../../lib/core/random";
import { decodeImage } from "../../lib/image/codec";
import { plainJpegSize } from "../../lib/image/plainJpeg";
import type { Raster } from "../../lib/image/raster";

const [WIDTH, HEIGHT] = [61, 47];

/** Noise, which shows every difference between two decoders. */
function noise(channels: 1 | 3 = 3, seed = 1): sharp.Sharp {
  const random = createRandom(seed);
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * channels }, () => 256 * random.next());
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels } });
}

const whole = { left: 0, top: 0, width: WIDTH, height: HEIGHT };

test("plainJpegSize() knows JPEGs without orientation, profile and CMYK, and nothing else", async () => {
  const size = { width: WIDTH, height: HEIGHT };
  const plain = await noise().jpeg().toBuffer();
  assert.deepEqual(plainJpegSize(plain), size);
  assert.deepEqual(plainJpegSize(await noise(1).toColourspace("b-w").jpeg().toBuffer()), size);
  const others = {
    turned: await noise().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    progressive: await noise().jpeg({ progressive: true }).toBuffer(),
    "turned, as its frame says first": lateOrientation(await noise().jpeg().toBuffer()),
    "with a profile": await noise().withIccProfile("p3").jpeg().toBuffer(),
    CMYK: await noise().toColourspace("cmyk").jpeg().toBuffer(),
    png: await noise().png().toBuffer(),
    empty: new Uint8Array(0),
  };
  for (const [name, bytes] of Object.entries(others)) assert.equal(plainJpegSize(bytes), undefined, name);
  // Cut anywhere before the end of the frame's header, and with any byte of it changed: an answer or none, never an error or an endless loop.
  const frame = plain.indexOf(Buffer.from([0xff, 0xc0]));
  const ending = plain.subarray(plain.length - 2);
  for (let end = 0; end < frame + 10; end++) {
    assert.equal(plainJpegSize(Buffer.concat([plain.subarray(0, end), ending])), undefined);
  }
  for (let at = 0; at < frame + 10; at++) {
    for (const value of [0, 1, 0xff]) {
      const changed = Uint8Array.from(plain);
      changed[at] = value;
      plainJpegSize(changed);
    }
  }
});

test("openJpegDecoder() gives the pixels of decodeImage(), whole and in part", async () => {
  const files = await Promise.all([
    noise(3, 1).jpeg().toBuffer(),
    noise(3, 2).jpeg({ quality: 40 }).toBuffer(),
    noise(3, 3).jpeg({ chromaSubsampling: "4:4:4" }).toBuffer(),
    noise(1, 4).toColourspace("b-w").jpeg().toBuffer(),
  ]);
  const pictures = await Promise.all(files.map((bytes) => decodeImage(bytes, "a.jpg")));
  const decoder = openJpegDecoder();
  try {
    const all = decoder.decode(files.map((bytes) => ({ bytes, region: whole })));
    assert.deepEqual(all, pictures);
    const region = { left: 9, top: 14, width: 31, height: 22 };
    const parts = decoder.decode(files.map((bytes) => ({ bytes, region })));
    parts.forEach((part, i) => {
      assert.deepEqual(inner(part), inner(cut(pictures[i], region)));
    });
    // At an edge of the picture there is no doubt.
    const corner = { left: 0, top: 0, width: 40, height: 30 };
    const [first] = decoder.decode([{ bytes: files[0], region: corner }]);
    assert.deepEqual(
      cut(first, { ...corner, width: 37, height: 27 }),
      cut(pictures[0], { ...corner, width: 37, height: 27 }),
    );
    const many = Array.from({ length: JPEGS_AT_ONCE }, (_, i) => ({ bytes: files[i % 4], region: whole }));
    assert.deepEqual(
      decoder.decode(many),
      many.map((_, i) => pictures[i % 4]),
    );
    // A file without its end is not plain; one without its tables cannot be decoded; one with a hole is decoded as far as it goes.
    assert.equal(plainJpegSize(files[1].subarray(0, files[1].length - 1)), undefined);
    const tables = files[0].indexOf(Buffer.from([0xff, 0xc4]));
    const without = Buffer.concat([files[0].subarray(0, tables), files[0].subarray(-2)]);
    const pair = [files[1], without].map((bytes) => ({ bytes, region: whole }));
    assert.throws(() => decoder.decode(pair));
    const hole = Buffer.concat([files[0].subarray(0, files[0].length >> 1), files[0].subarray(-2)]);
    assert.deepEqual(plainJpegSize(hole), { width: WIDTH, height: HEIGHT });
    const [upper] = decoder.decode([{ bytes: hole, region: whole }]);
    const begin = { ...whole, height: 8 };
    assert.deepEqual(cut(upper, begin), cut(pictures[0], begin));
    // And it still works afterwards.
    assert.deepEqual(decoder.decode([{ bytes: files[0], region: whole }]), [pictures[0]]);
  } finally {
    decoder.dispose();
  }
});

/** The segment of an orientation, after the frame. */
function lateOrientation(plain: Buffer): Buffer {
  const frame = plain.indexOf(Buffer.from([0xff, 0xc0]));
  const after = frame + 2 + plain.readUInt16BE(frame + 2);
  const tag = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0];
  const exif = [...Buffer.from("Exif\0\0MM"), 0, 42, 0, 0, 0, 8, 0, 1, ...tag, 0, 0, 0, 0];
  const segment = Buffer.from([0xff, 0xe1, 0, exif.length + 2, ...exif]);
  return Buffer.concat([plain.subarray(0, after), segment, plain.subarray(after)]);
}

function cut(image: Raster, { left, top, width, height }: typeof whole): Raster {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [row, column] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width];
    return image.data[((top + row) * image.width + left + column) * 3 + (i % 3)];
  });
  return { width, height, channels: 3, data };
}

function inner(image: Raster): Raster {
  const edge = UNSURE_EDGE;
  return cut(image, {
    left: edge,
    top: edge,
    width: image.width - 2 * edge,
    height: image.height - 2 * edge,
  });
}
