/** Whether (x, y) lies inside a polygon (x, y, x, y, …): a ray to the right crosses its border an odd number of times. */
export function isInside(polygon: readonly number[], x: number, y: number): boolean {
  let inside = false;
  const n = polygon.length;
  for (let i = 0, j = n - 2; i < n; j = i, i += 2) {
    const [x1, y1, x2, y2] = [polygon[i], polygon[i + 1], polygon[j], polygon[j + 1]];
    if (y1 > y !== y2 > y && x < x1 + ((x2 - x1) * (y - y1)) / (y2 - y1)) inside = !inside;
  }
  return inside;
}

/** The points inside a polygon. */
export function pointsInside(polygon: readonly number[], screen: Float32Array): number[] {
  const found: number[] = [];
  for (let i = 0; 2 * i < screen.length; i++) {
    if (isInside(polygon, screen[2 * i], screen[2 * i + 1])) found.push(i);
  }
  return found;
}

/**
 * Rows as CSV (RFC 4180) for a spreadsheet: a cell that a spreadsheet would take for a formula gets an apostrophe before it.
 * Source: OWASP, "CSV Injection".
 */
export function spreadsheetCsv(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => {
    const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
