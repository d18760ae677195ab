import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { type NamedArrays, packArrays, shaped, unpackArrays } from "../../lib/worker/arrays";
import { encodeFrame, type Found, FrameReader, LARGEST_BODY, LARGEST_HEADER } from "../../lib/worker/frame";

function framed(header: object, ...body: Uint8Array[]): Buffer {
  return Buffer.concat(encodeFrame(header, body));
}

function framesOf(bytes: Uint8Array): Found[] {
  const reader = new FrameReader();
  reader.push(bytes);
  return [...reader.frames()];
}

/** Two little-endian lengths and nothing else. */
function prefix(header: bigint, body: bigint): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(header, 0);
  bytes.writeBigUInt64LE(body, 8);
  return bytes;
}

test("encodeFrame() writes both lengths, then JSON, then the body", () => {
  // Hand-worked: {"a":1} has 7 bytes.
  const bytes = framed({ a: 1 }, Uint8Array.of(9, 8));
  assert.deepEqual(
    [...bytes],
    [7, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from('{"a":1}'), 9, 8],
  );
});

test("FrameReader gives the same frames wherever the stream is split", () => {
  const frames = fc.array(
    fc.record({ header: fc.dictionary(fc.string(), fc.jsonValue()), body: fc.uint8Array({ maxLength: 70 }) }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(frames, fc.array(fc.nat(60), { minLength: 1 }), (sent, cuts) => {
      const bytes = Buffer.concat(sent.map(({ header, body }) => framed(header, body)));
      const reader = new FrameReader();
      const found: Found[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const length = cuts[i % cuts.length] + (i % cuts.length === 0 ? 1 : 0);
        reader.push(bytes.subarray(at, at + length));
        found.push(...reader.frames());
        at += length;
      }
      reader.end();
      assert.equal(found.length, sent.length);
      found.forEach((one, i) => {
        assert.ok("frame" in one);
        assert.deepEqual(one.frame.header, JSON.parse(JSON.stringify(sent[i].header)));
        assert.deepEqual([...one.frame.body], [...sent[i].body]);
        assert.equal(one.frame.body.byteOffset, 0);
      });
    }),
  );
});

test("FrameReader refuses lengths beyond the largest before it reads what follows", () => {
  for (const [header, body] of [
    [BigInt(LARGEST_HEADER) + 1n, 0n],
    [2n, BigInt(LARGEST_BODY) + 1n],
    [2n ** 64n - 1n, 2n ** 64n - 1n],
  ]) {
    assert.throws(() => framesOf(prefix(header, body)), {
      name: "BrokenStream",
      message: new RegExp(`at most ${LARGEST_HEADER} bytes.* current values are ${header} and ${body}`),
    });
  }
});

test("FrameReader reads on after a header that is no JSON object", () => {
  const odd = ["{", "[1]", "null", "3", ""].map((text) => {
    return Buffer.concat([prefix(BigInt(text.length), 1n), Buffer.from(text), Buffer.from([7])]);
  });
  const found = framesOf(Buffer.concat([...odd, framed({ good: true })]));
  assert.equal(found.length, 6);
  for (const one of found.slice(0, 5)) {
    assert.match("malformed" in one ? one.malformed : "", /header must be a JSON object/);
  }
  assert.deepEqual("frame" in found[5] && found[5].frame.header, { good: true });
});

test("FrameReader.end() refuses a stream that ends within a frame", () => {
  const bytes = framed({ a: 1 }, Uint8Array.of(1, 2, 3));
  for (let length = 1; length < bytes.length; length++) {
    const reader = new FrameReader();
    reader.push(bytes.subarray(0, length));
    assert.equal([...reader.frames()].length, 0);
    assert.throws(() => reader.end(), /must end between two frames/, `after ${length} bytes`);
  }
});

test("unpackArrays() gives back what packArrays() took, as typed arrays of the same bits", () => {
  const array = fc.oneof(
    fc.uint8Array({ maxLength: 9 }),
    fc.int32Array({ maxLength: 9 }),
    fc.uint32Array({ maxLength: 9 }),
    fc.float32Array({ maxLength: 9 }),
    fc.float64Array({ maxLength: 9 }),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), array), (vectors) => {
      const arrays: NamedArrays = Object.fromEntries(
        Object.entries(vectors).map(([name, data]) => [name, shaped(data, [1, data.length])]),
      );
      const { layout, body } = packArrays(arrays);
      const bytes = Buffer.concat(body);
      // Read once in place and once from an address that is no multiple of 8.
      const shifted = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3);
      for (const source of [new Uint8Array(bytes), shifted]) {
        assert.deepEqual(unpackArrays(JSON.parse(JSON.stringify(layout)), source), arrays);
      }
    }),
  );
});

test("packArrays() and unpackArrays() refuse shapes that do not fit", () => {
  assert.throws(
    () => packArrays({ x: shaped(new Float32Array(3), [2, 2]) }),
    /2 × 2 values are needed, .* 3/,
  );
  const layout = [{ name: "x", dtype: "float32" as const, shape: [2] }];
  assert.throws(() => unpackArrays(layout, new Uint8Array(12)), /take 8 bytes, current value is 12/);
  const huge = [{ name: "x", dtype: "float64" as const, shape: [2 ** 52, 2 ** 52] }];
  assert.throws(() => unpackArrays(huge, new Uint8Array(8)), /current value is 8/);
});
