/**
 * Which points can show their picture so that no picture lies on another: each in turn does unless its square overlaps that of one before it.
 * `sideOf` gives the side of a point's square in pixels, at most `most`. The others are left out; the result has a 1 for each point that shows its own.
 */
export function apart(
  turns: Iterable<number>,
  screen: Float32Array,
  sideOf: (point: number) => number,
  most: number,
): Uint8Array {
  const shown = new Uint8Array(screen.length / 2);
  const cells = new Map<string, number[]>();
  const cellOf = (value: number): number => Math.floor(value / most);
  const isFree = (point: number, column: number, line: number): boolean => {
    for (let c = column - 1; c <= column + 1; c++) {
      for (let l = line - 1; l <= line + 1; l++) {
        if (cells.get(`${c} ${l}`)?.some((other) => overlap(screen, point, other, sideOf))) return false;
      }
    }
    return true;
  };
  for (const point of turns) {
    const [column, line] = [cellOf(screen[2 * point]), cellOf(screen[2 * point + 1])];
    if (shown[point] || !isFree(point, column, line)) continue;
    shown[point] = 1;
    const cell = cells.get(`${column} ${line}`);
    if (cell) cell.push(point);
    else cells.set(`${column} ${line}`, [point]);
  }
  return shown;
}

function overlap(screen: Float32Array, a: number, b: number, sideOf: (point: number) => number): boolean {
  const reach = (sideOf(a) + sideOf(b)) / 2;
  return (
    Math.abs(screen[2 * a] - screen[2 * b]) < reach && Math.abs(screen[2 * a + 1] - screen[2 * b + 1]) < reach
  );
}
