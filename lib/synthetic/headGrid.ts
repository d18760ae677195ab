/**
 * The topology that all heads share: a grid of columns around the vertical axis and rows from the crown to the base of the neck, denser
 * over the face. A vertex means the same place on every head (a row runs between the lips, another along the jaw), so shapes,
 * expressions and textures can be drawn on the grid once and worn by everybody.
 */

/** Columns around the head; column ½·COLUMNS looks at the camera. */
export const COLUMNS = 104;

/** Canonical heights (cm) at which rows lie on the mean head; each head maps them to its own eyes, nose, mouth and chin. */
export const CANON = { crown: 11.5, eyes: 0, noseBase: -4.75, mouth: -7, jaw: -11.4 } as const;

/** Rows of the head, of the underside of the jaw, and of the neck. */
export const HEAD_ROWS: readonly number[] = headRows();
export const JAW_ROWS = 7;
export const NECK_ROWS = 7;
export const ROWS: number = HEAD_ROWS.length + JAW_ROWS + NECK_ROWS;
export const VERTICES: number = ROWS * COLUMNS;

/** The last row of the upper lip; the next row is the first of the lower lip, at the same place while the mouth is shut. */
export const SEAM_ROW: number = HEAD_ROWS.indexOf(CANON.mouth);

function headRows(): number[] {
  const rows: number[] = [];
  for (let i = 0; i < 15; i++) rows.push(3.4 + (CANON.crown - 3.4) * Math.cos((i / 15) * (Math.PI / 2)));
  for (let y = 3.4; y > 1; y -= 0.3) rows.push(y);
  const faceRows = 38;
  for (let i = 0; i <= faceRows; i++) rows.push(1 + (CANON.mouth - 1) * (i / faceRows));
  rows[rows.length - 1] = CANON.mouth;
  for (let i = 0; i < 10; i++) rows.push(CANON.mouth - 0.001 - 0.2 * i);
  for (let i = 1; i <= 8; i++) rows.push(-8.8 + ((CANON.jaw + 8.8) * i) / 8);
  return rows;
}

/** Azimuth of each column in radians, −π to π, 0 in front; about a quarter centimetre apart on the face. */
export const AZIMUTH: Float64Array = Float64Array.from({ length: COLUMNS }, (_, i) => {
  const s = (2 * (i + 0.5)) / COLUMNS - 1;
  return Math.PI * (0.46 * s + 0.54 * s * s * s);
});

/** Triangles of the whole grid, counter-clockwise seen from outside. */
export const TRIANGLES: Uint32Array = gridTriangles(COLUMNS, ROWS, true);

/** Triangles over every second column and row: as an obstacle to light the head may be coarse. */
export const COARSE_TRIANGLES: Uint32Array = ((): Uint32Array => {
  const columns = COLUMNS / 2;
  const coarse = gridTriangles(columns, Math.floor((ROWS + 1) / 2), true);
  return coarse.map((v) => 2 * Math.floor(v / columns) * COLUMNS + 2 * (v % columns));
})();

/** Triangles of a grid whose rows run downwards; `closed` joins the last column to the first. */
export function gridTriangles(columns: number, rows: number, closed: boolean): Uint32Array {
  const across = closed ? columns : columns - 1;
  const triangles = new Uint32Array(6 * across * (rows - 1));
  let o = 0;
  for (let j = 0; j < rows - 1; j++) {
    for (let i = 0; i < across; i++) {
      const a = j * columns + i;
      const b = j * columns + ((i + 1) % columns);
      triangles.set([a, a + columns, b, b, a + columns, b + columns], o);
      o += 6;
    }
  }
  return triangles;
}

/** Unit normals of a grid by central differences, pointing out for the order of {@link gridTriangles}. */
export function gridNormals(
  positions: Float32Array,
  columns: number,
  rows: number,
  closed: boolean,
  normals: Float32Array = new Float32Array(positions.length),
): Float32Array {
  for (let j = 0; j < rows; j++) {
    const up = Math.max(j - 1, 0) * columns;
    const down = Math.min(j + 1, rows - 1) * columns;
    for (let i = 0; i < columns; i++) {
      const right = i + 1 < columns ? i + 1 : closed ? 0 : i;
      const left = i > 0 ? i - 1 : closed ? columns - 1 : 0;
      const a = 3 * (j * columns + right);
      const b = 3 * (j * columns + left);
      const c = 3 * (up + i);
      const d = 3 * (down + i);
      const ux = positions[a] - positions[b];
      const uy = positions[a + 1] - positions[b + 1];
      const uz = positions[a + 2] - positions[b + 2];
      const vx = positions[c] - positions[d];
      const vy = positions[c + 1] - positions[d + 1];
      const vz = positions[c + 2] - positions[d + 2];
      const x = uy * vz - uz * vy;
      const y = uz * vx - ux * vz;
      const z = ux * vy - uy * vx;
      const scale = 1 / (Math.sqrt(x * x + y * y + z * z) + 1e-9);
      const o = 3 * (j * columns + i);
      normals[o] = x * scale;
      normals[o + 1] = y * scale;
      normals[o + 2] = z * scale;
    }
  }
  return normals;
}
