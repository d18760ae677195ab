import type { Size } from "./camera";

/** Most marks of a picture that moves: a processor alone copies a few thousand of them between two frames. */
export const MOST_MOVING = 4000;

/** Side of the smallest cells in pixels; a mark covers more. */
const CELL = 3;

/**
 * Of points in the order in which they are drawn, those on the screen; where they are more than `most`, those of them that lie on top in their cell, and cells
 * grow until at most `most` are left. The order stays. Cells hang on `origin`, so that a picture that is only moved keeps its points.
 */
export function thinned(
  order: Uint32Array,
  screen: Float32Array,
  { width, height }: Size,
  origin: readonly [number, number],
  most: number,
): Uint32Array {
  const inside = order.filter((point) => {
    const [x, y] = [screen[2 * point], screen[2 * point + 1]];
    return x >= 0 && y >= 0 && x < width && y < height;
  });
  let kept = inside;
  for (let cell = CELL; kept.length > most; cell *= 1.5) {
    const columns = Math.ceil(width / cell) + 1;
    const taken = new Uint8Array(columns * (Math.ceil(height / cell) + 1));
    const [left, top] = origin.map((value) => value - Math.ceil(value / cell) * cell);
    kept = inside
      .toReversed()
      .filter((point) => {
        const [x, y] = [screen[2 * point] - left, screen[2 * point + 1] - top];
        const place = Math.floor(x / cell) + Math.floor(y / cell) * columns;
        if (taken[place]) return false;
        taken[place] = 1;
        return true;
      })
      .reverse();
  }
  return kept;
}
