import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "../../lib/core/random";
import { encodePng } from "../../lib/image/codec";
import { raster } from "../../lib/image/raster";

/** Runs `body` in a new folder, with the crop cache inside it, and removes all of it. */
export async function inWorkplace(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "facenet-lab-"));
  const before = process.env.FACENET_LAB_CACHE;
  process.env.FACENET_LAB_CACHE = join(folder, "cache");
  try {
    await body(folder);
  } finally {
    if (before === undefined) delete process.env.FACENET_LAB_CACHE;
    else process.env.FACENET_LAB_CACHE = before;
    rmSync(folder, { recursive: true });
  }
}

/** Options of {@link writePatterns}. */
export interface PatternOptions {
  /** Folder names; default six plain ones. */
  readonly identities?: readonly string[];
  readonly images?: number;
}

/** A folder of noisy colour patterns of 40×40 pixels, one pattern per identity: easy to learn. Returns its path. */
export async function writePatterns(folder: string, options: PatternOptions = {}): Promise<string> {
  const { identities = ["Ada", "Bo", "Cy", "Di", "Eve", "Flo"], images = 4 } = options;
  const side = 40;
  for (const [id, name] of identities.entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    const random = createRandom(id + 1);
    const pattern = Array.from({ length: 25 * 3 }, () => random.integer(256));
    for (let k = 0; k < images; k++) {
      const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
        const [x, y, c] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side), i % 3];
        const base = pattern[(Math.floor(y / 8) * 5 + Math.floor(x / 8)) * 3 + c];
        return 0.8 * base + 0.2 * random.integer(256);
      });
      writeFileSync(join(folder, name, `${k}.png`), await encodePng(raster(side, side, 3, pixels)));
    }
  }
  return folder;
}

/** A folder of grey pictures, all the same: whatever is trained on them collapses. Returns its path. */
export async function writeGrey(folder: string): Promise<string> {
  const picture = await encodePng(raster(40, 40, 3, new Uint8Array(40 * 40 * 3).fill(128)));
  for (let id = 0; id < 10; id++) {
    mkdirSync(join(folder, `p${id}`), { recursive: true });
    for (let k = 0; k < 4; k++) writeFileSync(join(folder, `p${id}`, `${k}.png`), picture);
  }
  return folder;
}
