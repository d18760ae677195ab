import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import type { Backend } from "../../lib/backends/backend";
import { backendKinds } from "../../lib/backends/kinds";
import { createRandom } from "../../lib/core/random";
import type { Raster } from "../../lib/image/raster";
import { saveCheckpoint } from "../../lib/train/checkpoint";
import { Trainer } from "../../lib/train/trainer";
import { sampleIdentities } from "../backends/sampled";
import { tarEntry } from "../data/tarEntry";
import { patternCrops, tinyNet, tinySettings } from "../train/fixtures";

/** A ustar archive of small files. */
export function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(files).map(([name, content]) => tarEntry(name, content));
  return Buffer.concat([...entries, Buffer.alloc(1024)]);
}

export function webpOf({ data, width, height, channels }: Raster): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels } }).webp().toBuffer();
}

/** A grey PNG of one bit per pixel, as Omniglot's files are: 8×8, a chequerboard. */
export function bitmapPng(): Buffer {
  const chunk = (kind: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const rows = Buffer.from(Array.from({ length: 8 }, (_, y) => [0, y % 2 ? 0xaa : 0x55]).flat());
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, 1, 0, 0, 0, 0])),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Path of a checkpoint of a tiny run after one step. */
export function savedCheckpoint(folder: string): string {
  const trainer = new Trainer(tinyNet, patternCrops(), tinySettings);
  trainer.step();
  const path = saveCheckpoint(folder, trainer, "digest");
  trainer.dispose();
  return path;
}

export function fittedBackend(): Backend {
  const { x, labels } = sampleIdentities(1, { identities: 20, most: 3, d: 2 });
  return backendKinds.lda.fit(x, labels, createRandom(1));
}
