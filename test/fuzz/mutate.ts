import type { Random } from "../../lib/core/random";

/** Pieces that parsers trip over: path escapes, prototype keys, numbers at their ends, odd characters, broken quotes. */
const SPITE: readonly string[] = [
  "../../outside",
  '"__proto__":{"polluted":1},',
  "__proto__",
  "constructor",
  "-1",
  "1e309",
  "NaN",
  "99999999999999999999",
  "4294967295",
  '"',
  "\\",
  "\0",
  "\r\n",
  ",,,,",
  "\u202E",
  "=cmd()",
  "<img src=x onerror=alert(1)>",
  "{".repeat(200),
  "[".repeat(200),
];

type Mutation = (bytes: Buffer, random: Random) => Buffer;

/** Each changes a copy of a valid file in one way; a mutant gets one to six of them. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  flipBit: (bytes, random) => {
    if (bytes.length > 0) bytes[random.integer(bytes.length)] ^= 1 << random.integer(8);
    return bytes;
  },
  setByte: (bytes, random) => {
    if (bytes.length > 0) bytes[random.integer(bytes.length)] = [0, 0xff, 0x7f, 0x80][random.integer(4)];
    return bytes;
  },
  setWord: (bytes, random) => {
    if (bytes.length >= 4)
      bytes.writeUInt32LE(
        [0, 0xffffffff, 0x7fffffff, 100_000][random.integer(4)],
        random.integer(bytes.length - 3),
      );
    return bytes;
  },
  truncate: (bytes, random) => bytes.subarray(0, random.integer(bytes.length + 1)),
  behead: (bytes, random) => bytes.subarray(random.integer(Math.min(64, bytes.length) + 1)),
  repeatPart: (bytes, random) => {
    const [from, to] = span(bytes, random);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from, to), bytes.subarray(to)]);
  },
  dropPart: (bytes, random) => {
    const [from, to] = span(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  insertSpite: (bytes, random) => {
    const at = random.integer(bytes.length + 1);
    const piece = Buffer.from(SPITE[random.integer(SPITE.length)]);
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
  },
  overwriteWithSpite: (bytes, random) => {
    const piece = Buffer.from(SPITE[random.integer(SPITE.length)]);
    const at = random.integer(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + piece.length)]);
  },
  replaceNumber: (bytes, random) => {
    const text = bytes.toString("latin1");
    const numbers = [...text.matchAll(/\d+/g)];
    if (numbers.length === 0) return bytes;
    const { index, 0: old } = numbers[random.integer(numbers.length)];
    const other = ["0", "-1", "1e999", "2147483648", "99999999999999999999", "0.5"][random.integer(6)];
    return Buffer.from(text.slice(0, index) + other + text.slice(index + old.length), "latin1");
  },
  addNoise: (bytes, random) => {
    const noise = Buffer.from(Array.from({ length: 1 + random.integer(64) }, () => random.integer(256)));
    const at = random.integer(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
};
const NAMES = Object.keys(MUTATIONS);

function span(bytes: Buffer, random: Random): [number, number] {
  const [a, b] = [random.integer(bytes.length + 1), random.integer(bytes.length + 1)];
  return [Math.min(a, b), Math.max(a, b)];
}

/** A changed copy of a valid file, and the names of what was done to it. The same random state gives the same mutant. */
export function mutate(valid: Uint8Array, random: Random): { bytes: Buffer; how: string[] } {
  const how = Array.from({ length: 1 + random.integer(6) }, () => NAMES[random.integer(NAMES.length)]);
  const bytes = how.reduce((now, name) => Buffer.from(MUTATIONS[name](now, random)), Buffer.from(valid));
  return { bytes, how };
}
