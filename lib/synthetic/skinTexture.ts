import { bell, clamp, smoothstep } from "./curves";
import { COLUMNS, ROWS } from "./headGrid";
import type { Identity } from "./identity";
import { cloud, noise } from "./noise";
import { featurePainter } from "./paintFeatures";
import { facialHairPainter } from "./paintHair";
import { markPainter } from "./paintMarks";

/** Colours of the skin on the head's grid: `FINENESS` texels per cell. */
export interface SkinTexture {
  readonly width: number;
  readonly height: number;
  /** Linear red, green, blue and gloss, interleaved. */
  readonly texels: Float32Array;
}

/** Changes one texel (red, green, blue, gloss) at a place of the head at rest. */
export type Painter = (x: number, y: number, z: number, texel: Float64Array) => void;

const FINENESS = 3;

/** Paints a person's skin: tone, blood and shade zones, marks, brows, lips, stubble and the scalp's undercoat. */
export function paintSkin(identity: Identity, positions: Float32Array): SkinTexture {
  const width = COLUMNS * FINENESS;
  const height = (ROWS - 1) * FINENESS + 1;
  const texels: Float32Array = new Float32Array(4 * width * height);
  const painters = [
    basePainter(identity),
    markPainter(identity),
    featurePainter(identity),
    facialHairPainter(identity),
  ];
  const texel = new Float64Array(4);
  for (let v = 0; v < height; v++) {
    const j = Math.min(ROWS - 2, Math.floor(v / FINENESS));
    const fy = v / FINENESS - j;
    for (let u = 0; u < width; u++) {
      const i = Math.floor(u / FINENESS);
      const fx = u / FINENESS - i;
      const a = 3 * (j * COLUMNS + i);
      const b = 3 * (j * COLUMNS + ((i + 1) % COLUMNS));
      const c = a + 3 * COLUMNS;
      const d = b + 3 * COLUMNS;
      const [wa, wb, wc, wd] = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy];
      const x = wa * positions[a] + wb * positions[b] + wc * positions[c] + wd * positions[d];
      const y = wa * positions[a + 1] + wb * positions[b + 1] + wc * positions[c + 1] + wd * positions[d + 1];
      const z = wa * positions[a + 2] + wb * positions[b + 2] + wc * positions[c + 2] + wd * positions[d + 2];
      for (const paint of painters) paint(x, y, z, texel);
      texels.set(texel, 4 * (v * width + u));
    }
  }
  return { width, height, texels };
}

/** The texel at a fractional place of the grid, bilinear, into `out`. */
export function sampleSkin(texture: SkinTexture, column: number, row: number, out: Float64Array): void {
  const { width, height, texels } = texture;
  const u = ((column * FINENESS) % width) + (column < 0 ? width : 0);
  const v = clamp(row * FINENESS, 0, height - 1.001);
  const u0 = Math.floor(u);
  const v0 = Math.floor(v);
  const fx = u - u0;
  const fy = v - v0;
  const a = 4 * (v0 * width + (u0 % width));
  const b = 4 * (v0 * width + ((u0 + 1) % width));
  const down = 4 * width;
  for (let k = 0; k < 4; k++) {
    const top = texels[a + k] * (1 - fx) + texels[b + k] * fx;
    const bottom = texels[a + down + k] * (1 - fx) + texels[b + down + k] * fx;
    out[k] = top * (1 - fy) + bottom * fy;
  }
}

/** Darkens or reddens a texel: each factor is 1 − amount·share. */
export function stain(texel: Float64Array, amount: number, red: number, green: number, blue: number): void {
  texel[0] *= 1 - amount * red;
  texel[1] *= 1 - amount * green;
  texel[2] *= 1 - amount * blue;
}

function basePainter({ colouring, skin, shape, age }: Identity): Painter {
  const [red, green, blue] = colouring.skin;
  const place = skin.place;
  const pale = 1 - 0.65 * colouring.melanin;
  const blush = (0.25 + 0.6 * skin.blush) * pale;
  return (x, y, z, texel) => {
    const large = cloud(x * 0.32 + place, y * 0.32, z * 0.32) - 0.5;
    const small = noise(x * 2.3, y * 2.3 + place, z * 2.3) - 0.5;
    const tone = 1 + skin.mottle * (0.2 * large + 0.08 * small);
    texel[0] = red * tone;
    texel[1] = green * tone * (1 - 0.1 * large);
    texel[2] = blue * tone * (1 - 0.1 * large);
    const ax = Math.abs(x);
    const front = smoothstep(-7, -2, z);
    // Oily in the middle of forehead and nose, dry at the sides.
    texel[3] =
      0.22 +
      0.3 *
        front *
        (bell(x, y - 3.5, 2.5, 2.5) +
          0.6 * bell(x, y + 3, 0.9, 2.2) +
          0.5 * bell(ax - 3.3, y + 2, 1.2, 1) -
          0.1 * bell(x, y + 1, 0.6, 1));
    const blood =
      bell(ax - 4, y + 3.4, 1.6, 1.4) * blush +
      bell(x, y - shape.noseBase - 0.8, 1.3, 0.9) * (0.3 + 0.5 * blush) +
      0.4 * bell(x, y - shape.chinY - 1.6, 1.3, 1) * blush +
      1.1 * smoothstep(6.7, 7.6, ax) * bell(0, y + 2, 1, 3) * pale;
    stain(texel, front * blood, -0.04, 0.24, 0.2);
    const under =
      bell(ax - shape.eyeX + 0.35, y + 1.15, 1, 0.38) * (0.08 + 0.28 * shape.bags + 0.0025 * (age - 20));
    stain(texel, front * under, 0.5, 0.75, 0.55);
    stain(texel, front * 0.34 * bell(ax - shape.eyeX + 0.4, y - 0.6, 1.6, 0.8), 0.7, 0.95, 0.85);
  };
}
