/** Points by cells of the screen, so that the one under a finger is found without looking at all. */
export interface Grid {
  /** The point nearest to (x, y) within `radius` pixels, or −1. `radius` at most {@link CELL}. Ties: the smaller number. */
  nearest(x: number, y: number, radius: number): number;
}

/** Side of a cell in pixels. */
export const CELL = 32;

/** A grid over N points, 2N numbers. */
export function gridOf(screen: Float32Array): Grid {
  const cells = new Map<string, number[]>();
  const cellOf = (value: number): number => Math.floor(value / CELL);
  for (let i = 0; 2 * i < screen.length; i++) {
    const key = `${cellOf(screen[2 * i])} ${cellOf(screen[2 * i + 1])}`;
    const cell = cells.get(key);
    if (cell) cell.push(i);
    else cells.set(key, [i]);
  }
  const nearest = (x: number, y: number, radius: number): number => {
    let [best, at] = [radius * radius, -1];
    for (let column = cellOf(x) - 1; column <= cellOf(x) + 1; column++) {
      for (let line = cellOf(y) - 1; line <= cellOf(y) + 1; line++) {
        for (const i of cells.get(`${column} ${line}`) ?? []) {
          const squared = (screen[2 * i] - x) ** 2 + (screen[2 * i + 1] - y) ** 2;
          if (squared < best || (squared === best && (at < 0 || i < at))) [best, at] = [squared, i];
        }
      }
    }
    return at;
  };
  return { nearest };
}

/** The point to which an arrow key leads from point `from`: near, and rather ahead than aside. Stays where nothing lies ahead. */
export function pointAhead(screen: Float32Array, from: number, dx: number, dy: number): number {
  let [best, at] = [Number.POSITIVE_INFINITY, from];
  for (let i = 0; 2 * i < screen.length; i++) {
    const x = screen[2 * i] - screen[2 * from];
    const y = screen[2 * i + 1] - screen[2 * from + 1];
    const ahead = x * dx + y * dy;
    if (i === from || ahead <= 0) continue;
    const cost = ahead + 2 * Math.abs(x * dy - y * dx);
    if (cost < best) [best, at] = [cost, i];
  }
  return at;
}
