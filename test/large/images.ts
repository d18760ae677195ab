import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "../../lib/core/random";
import { encodeManifest, type ManifestRow } from "../../lib/synthetic/manifest";
import { plain } from "../../lib/synthetic/nuisance";
import { folderOf } from "../../lib/synthetic/plan";

const SIDE = 32;
/** Eyes, nose and corners of the mouth in a picture of 32 pixels. */
const POINTS = [11, 13, 21, 13, 16, 18, 12, 23, 20, 23];
const IMAGES = 20;

/**
 * `count` small pictures, 20 of each identity, in the layout of a generated set, so that their landmarks are known and no detector is needed: noisy copies of
 * one coarse pattern per identity, as PPM.
 */
export function writePictures(folder: string, count: number): void {
  const random = createRandom(1);
  const identities = Math.ceil(count / IMAGES);
  const rows: ManifestRow[] = [];
  const header = Buffer.from(`P6\n${SIDE} ${SIDE}\n255\n`);
  for (let k = 0; k < identities; k++) {
    const identity = folderOf(k);
    mkdirSync(join(folder, identity), { recursive: true });
    const pattern = Array.from({ length: 3 * 64 }, () => random.integer(256));
    for (let i = 0; i < IMAGES && rows.length < count; i++) {
      const pixels = Buffer.alloc(3 * SIDE * SIDE);
      for (let p = 0; p < pixels.length; p++) {
        const [x, y, c] = [Math.floor(p / 3) % SIDE, Math.floor(p / 3 / SIDE), p % 3];
        pixels[p] = 0.7 * pattern[3 * (8 * (y >> 2) + (x >> 2)) + c] + random.integer(77);
      }
      const file = `${identity}/${String(i).padStart(3, "0")}.ppm`;
      writeFileSync(join(folder, file), Buffer.concat([header, pixels]));
      const landmarks = Float32Array.from(POINTS, (value) => value + random.next() - 0.5);
      rows.push({ file, identity, trueIdentity: identity, nuisance: plain, landmarks });
    }
  }
  const plan = { identities, images: IMAGES, size: SIDE, seed: 1, fixed: {}, labelNoise: 0 };
  writeFileSync(join(folder, "plan.json"), JSON.stringify(plan));
  writeFileSync(join(folder, "manifest.csv"), encodeManifest(rows));
}
