import { bell, clamp, ridge, smoothstep } from "./curves";
import { mouthY } from "./faceShape";
import type { Identity } from "./identity";
import { cell, noise } from "./noise";
import { foldLength, foldSide } from "./relief";
import { type Painter, stain } from "./skinTexture";

/** Freckles, moles, age spots and the lines that come with the years. */
export function markPainter(identity: Identity): Painter {
  const { skin, shape: s, age, colouring } = identity;
  const years = clamp(((age - 28) / 42) * skin.folds, 0, 1.5);
  const place = skin.place;
  const mouth = mouthY(s);
  return (x, y, z, texel) => {
    if (z < -6) return;
    const ax = Math.abs(x);
    if (skin.freckles > 0) {
      const where = skin.freckles * bell(ax - 2.6, y + 2.4, 2.4, 1.9);
      if (where > 0.03) stain(texel, where * dots(x, y, 2.7, place, 0.45), 0.4, 0.62, 0.75);
    }
    if (years > 0.5) {
      const where = (years - 0.5) * 0.5 * (1 - 0.5 * colouring.melanin);
      stain(texel, where * dots(x, y, 1.1, place + 9, 0.75), 0.25, 0.4, 0.5);
    }
    for (const [mx, my, radius] of skin.moles) {
      const d = Math.hypot(x - mx, y - my);
      if (d < 0.4) stain(texel, 0.8 * smoothstep(1.3 * radius, 0.6 * radius, d), 0.75, 0.9, 0.92);
    }
    if (years > 0) lines(x, y, ax, texel);
  };

  function lines(x: number, y: number, ax: number, texel: Float64Array): void {
    // Forehead: three or four uneven lines that run across.
    if (y > s.browY + 0.7) {
      const wave =
        y + 0.16 * Math.sin(0.7 * x + place) + 0.05 * x * x * 0.3 + 0.35 * noise(x * 0.5, place, 3);
      const line = (0.5 + 0.5 * Math.sin(wave * 4.6 + place)) ** 5;
      const where =
        smoothstep(5, 2.5, ax) * smoothstep(s.browY + 0.7, s.browY + 1.4, y) * smoothstep(6.2, 4.6, y);
      stain(texel, 0.26 * years * line * where * (0.5 + noise(x * 1.4, y, place)), 0.7, 1, 1);
    }
    // Between the brows.
    const frown = ridge(ax - 0.42 - 0.1 * (y - 1.6), 0.09) * bell(0, y - 1.7, 1, 0.6);
    stain(texel, 0.28 * years * frown, 0.7, 1, 1);
    // Crow's feet spread from the outer corner.
    const dx = ax - s.eyeX - s.eyeWidth - 0.2;
    if (dx > 0 && dx < 1.8) {
      const angle = Math.atan2(y + 0.1, dx + 0.5);
      const rays = (0.5 + 0.5 * Math.cos(angle * 13 + place)) ** 4;
      stain(
        texel,
        0.25 * years * rays * smoothstep(1.7, 0.5, dx) * smoothstep(0, 0.3, dx) * bell(0, angle, 1, 0.5),
        0.7,
        1,
        1,
      );
    }
    // Under the eye, and from the corner of the mouth down.
    stain(
      texel,
      0.2 * years * ridge(y + 1.45 - 0.12 * (ax - s.eyeX) ** 2, 0.09) * bell(ax - s.eyeX, 0, 1, 1),
      0.7,
      1,
      1,
    );
    const down = ax - s.mouthWidth - 0.2 - 0.12 * (mouth - y);
    stain(texel, 0.25 * years * ridge(down, 0.12) * bell(0, y - mouth + 0.9, 1, 0.6), 0.7, 1, 1);
    const fold = ridge(foldSide(s, ax, y, 0.12), 0.15) * foldLength(s, y);
    stain(texel, (0.08 + 0.26 * years) * fold, 0.7, 1, 1);
  }
}

/** Round spots, one at most per cell of a jittered grid: 1 in the middle of a spot. `rarity` is the share of empty cells. */
function dots(x: number, y: number, frequency: number, place: number, rarity: number): number {
  const u = x * frequency + 40;
  const v = y * frequency + 40;
  const i = Math.floor(u);
  const j = Math.floor(v);
  const k = Math.floor(place);
  const size = cell(i, j, k);
  if (size < rarity) return 0;
  const dx = u - i - 0.5 - 0.5 * (cell(i, j, k + 1) - 0.5);
  const dy = v - j - 0.5 - 0.5 * (cell(i, j, k + 2) - 0.5);
  return smoothstep(0.38, 0.1, Math.hypot(dx, dy)) * size;
}
