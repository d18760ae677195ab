import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createRandom } from "../../lib/core/random";
import { type Raster, raster } from "../../lib/image/raster";
import { type Affine, cropToSquare, invertAffine, sourceRegion, warpAffine } from "../../lib/image/warp";
import { assertClose } from "../gradients";

const ramp = raster(4, 3, 1, Uint8Array.from([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110]));

test("warpAffine() by the identity keeps every pixel", () => {
  assert.deepEqual(warpAffine(ramp, [1, 0, 0, 0, 1, 0], 4, 3), ramp);
});

test("warpAffine() by half a pixel is the mean of two neighbours and repeats the border", () => {
  // Result pixel u looks at source u − ½: the border (0), then (0 + 10)/2, (10 + 20)/2, ….
  const moved = warpAffine(ramp, [1, 0, 0.5, 0, 1, 0], 5, 1);
  assert.deepEqual([...moved.data], [0, 5, 15, 25, 30]);
});

test("warpAffine() with a constant border mixes it in at the edge", () => {
  const moved = warpAffine(ramp, [1, 0, 0.5, 0, 1, 0], 5, 1, { border: 200 });
  assert.deepEqual([...moved.data], [100, 5, 15, 25, 115]);
});

test("warpAffine() that halves an image takes the mean of four pixels", () => {
  const checker = raster(
    4,
    4,
    1,
    Uint8Array.from({ length: 16 }, (_, i) => (((i % 4) + (i >> 2)) % 2) * 200),
  );
  const half = cropToSquare(checker, { left: 0, top: 0, side: 4 }, 2);
  assert.deepEqual([...half.data], [100, 100, 100, 100]);
});

test("cropToSquare() of whole pixels copies them", () => {
  const crop = cropToSquare(ramp, { left: 1, top: 1, side: 2 }, 2);
  assert.deepEqual([...crop.data], [50, 60, 90, 100]);
});

test("warpAffine() keeps a flat image flat under any similarity", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.2, max: 3, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      (scale, angle) => {
        const [c, s] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
        const flat = raster(7, 5, 3, new Uint8Array(105).fill(77));
        assert.ok(warpAffine(flat, [c, -s, 3, s, c, -2], 6, 6).data.every((v) => v === 77));
      },
    ),
  );
});

test("warpAffine() equals the mean of bilinear samples, taken one by one, for any similarity and both numbers of channels", () => {
  const random = createRandom(11);
  for (let trial = 0; trial < 12; trial++) {
    const channels = trial % 2 ? 3 : 1;
    const image = raster(
      13,
      9,
      channels,
      Uint8Array.from({ length: 117 * channels }, () => random.integer(256)),
    );
    const scale = 0.15 + 1.5 * random.next();
    const angle = 6 * random.next() - 3;
    const [c, s] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
    const map: Affine = [c, -s, 5 * random.next(), s, c, 5 * random.next()];
    const drawn = warpAffine(image, map, 6, 5);
    // As many samples on each axis as source pixels along the side of a result pixel, rounded up.
    const samples = Math.ceil(1 / scale - 1e-6);
    const back = invertAffine(map);
    for (let i = 0; i < drawn.data.length; i++) {
      const k = i % channels;
      const [u, v] = [Math.floor(i / channels) % 6, Math.floor(i / channels / 6)];
      let sum = 0;
      for (let n = 0; n < samples * samples; n++) {
        const x = u + ((n % samples) + 0.5) / samples - 0.5;
        const y = v + (Math.floor(n / samples) + 0.5) / samples - 0.5;
        sum += bilinear(image, back[0] * x + back[1] * y + back[2], back[3] * x + back[4] * y + back[5], k);
      }
      const exact = sum / (samples * samples);
      // Rounded to the nearest byte.
      assert.ok(Math.abs(drawn.data[i] - exact) <= 0.5 + 1e-9, `${drawn.data[i]} is not ${exact}`);
    }
  }
});

/** Channel k at (x, y), the border repeated. */
function bilinear({ width, height, channels, data }: Raster, x: number, y: number, k: number): number {
  const at = (column: number, row: number): number => {
    const inX = Math.min(Math.max(column, 0), width - 1);
    const inY = Math.min(Math.max(row, 0), height - 1);
    return data[(inY * width + inX) * channels + k];
  };
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - x0, y - y0];
  const top = at(x0, y0) * (1 - fx) + at(x0 + 1, y0) * fx;
  const bottom = at(x0, y0 + 1) * (1 - fx) + at(x0 + 1, y0 + 1) * fx;
  return top * (1 - fy) + bottom * fy;
}

test("invertAffine() undoes the map and refuses one that squashes the plane", () => {
  const map: Affine = [1.2, -0.4, 5, 0.3, 0.9, -7];
  const back = invertAffine(map);
  const at = ([a, b, c, d, e, f]: Affine, x: number, y: number): number[] => [
    a * x + b * y + c,
    d * x + e * y + f,
  ];
  const [x, y] = at(map, 3, 4);
  assertClose(at(back, x, y), [3, 4], 1e-12);
  assert.throws(() => invertAffine([1, 2, 0, 2, 4, 0]), /determinant must not be 0/);
});

test("warpAffine() without rotation draws the same as with one too small to see, in far fewer operations", () => {
  // The tiny rotation keeps it on the general path, which serves as the oracle; sums are rounded once, so a tie may fall either way.
  // A fixed seed: in about one of 20,000 draws the same tie stands in every row of a picture, and more pixels differ than are allowed here.
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.integer(),
        width: fc.integer({ min: 1, max: 23 }),
        height: fc.integer({ min: 1, max: 17 }),
        size: fc.integer({ min: 1, max: 19 }),
        scale: fc.double({ min: 0.06, max: 3, noNaN: true }),
        mirrored: fc.boolean(),
        shift: fc.double({ min: -9, max: 9, noNaN: true }),
        channels: fc.constantFrom(1 as const, 3 as const),
      }),
      ({ seed, width, height, size, scale, mirrored, shift, channels }) => {
        const random = createRandom(seed);
        const data = Uint8Array.from({ length: width * height * channels }, () => random.integer(256));
        const image = raster(width, height, channels, data);
        const a = mirrored ? -scale : scale;
        const fast = warpAffine(image, [a, 0, shift, 0, scale, -shift], size, size + 2);
        const slow = warpAffine(image, [a, 1e-13, shift, 0, scale, -shift], size, size + 2);
        fast.data.forEach((value, i) => {
          assert.ok(Math.abs(value - slow.data[i]) <= 1, `pixel ${i}: ${value} and ${slow.data[i]}`);
        });
        const differing = fast.data.filter((value, i) => value !== slow.data[i]).length;
        assert.ok(differing <= 1 + fast.data.length / 50, `${differing} of ${fast.data.length} differ`);
      },
    ),
    { seed: 5 },
  );
});

test("warpAffine() draws the same from the part that sourceRegion() names as from the whole, to the bit", () => {
  const random = createRandom(12);
  const whole = raster(
    40,
    33,
    3,
    Uint8Array.from({ length: 40 * 33 * 3 }, () => 256 * random.next()),
  );
  const size = { width: 9, height: 7 };
  let smaller = 0;
  for (let trial = 0; trial < 300; trial++) {
    // Every third map turns nothing, and then goes another way; some crops lie partly or wholly outside.
    const angle = trial % 3 ? 6 * random.next() : 0;
    const scale = 0.1 + 2 * random.next();
    const [c, s] = [scale * Math.cos(angle), scale * Math.sin(angle)];
    const map: Affine = [c, -s, 60 * random.next() - 40, s, c, 60 * random.next() - 40];
    const region = sourceRegion(whole, map, size, trial % 4);
    const { left, top, width, height } = region;
    assert.ok(left >= 0 && top >= 0 && left + width <= 40 && top + height <= 33 && width > 0 && height > 0);
    if (width * height < 40 * 33) smaller++;
    const cut = raster(width, height, 3);
    for (let row = 0; row < height; row++) {
      const from = ((top + row) * 40 + left) * 3;
      cut.data.set(whole.data.subarray(from, from + width * 3), row * width * 3);
    }
    const part = { left, top, whole: { width: 40, height: 33 } };
    const drawn = warpAffine(cut, map, size.width, size.height, { part });
    assert.deepEqual(drawn, warpAffine(whole, map, size.width, size.height), JSON.stringify({ map, region }));
  }
  assert.ok(smaller > 100);
  const part = { left: 0, top: 0, whole };
  assert.throws(
    () => warpAffine(whole, [1, 0, 0, 0, 1, 0], 4, 4, { border: 7, part }),
    /^RangeError: Cannot draw a part of an image/,
  );
});
