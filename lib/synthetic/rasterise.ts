/** What is seen at each pixel: the nearest triangle, of which part, and where in it. */
export interface Target {
  readonly size: number;
  /** 1 / distance of the nearest surface; 0 where there is none. */
  readonly near: Float32Array;
  /** Index of the part, or 255. */
  readonly part: Uint8Array;
  readonly triangle: Int32Array;
  /** Perspective-correct weights of the triangle's first and second corner. */
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export const NOTHING = 255;

export function createTarget(size: number): Target {
  const pixels = size * size;
  return {
    size,
    near: new Float32Array(pixels),
    part: new Uint8Array(pixels).fill(NOTHING),
    triangle: new Int32Array(pixels),
    first: new Float32Array(pixels),
    second: new Float32Array(pixels),
  };
}

export function clearTarget(target: Target): void {
  target.near.fill(0);
  target.part.fill(NOTHING);
}

/** Whether a pixel of a triangle is there at all: how holes, strands and soft edges are cut out. */
export type Keep = (triangle: number, first: number, second: number) => boolean;

/**
 * Draws the triangles of one part into the z-buffer. Pixel centres lie on whole numbers. Only counter-clockwise triangles are drawn
 * unless `twoSided`.
 */
export function rasterise(
  target: Target,
  part: number,
  screen: Float32Array,
  triangles: Uint32Array,
  options: { readonly keep?: Keep; readonly twoSided?: boolean } = {},
): void {
  const { keep, twoSided = false } = options;
  const { size, near } = target;
  for (let t = 0; t < triangles.length; t += 3) {
    const a = 3 * triangles[t];
    const b = 3 * triangles[t + 1];
    const c = 3 * triangles[t + 2];
    const ax = screen[a];
    const ay = screen[a + 1];
    const bx = screen[b];
    const by = screen[b + 1];
    const cx = screen[c];
    const cy = screen[c + 1];
    const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
    // y runs down, so counter-clockwise means a negative area.
    if (area === 0 || (area > 0 && !twoSided)) continue;
    const x0 = Math.max(0, Math.ceil(Math.min(ax, bx, cx)));
    const x1 = Math.min(size - 1, Math.floor(Math.max(ax, bx, cx)));
    if (x0 > x1) continue;
    const y0 = Math.max(0, Math.ceil(Math.min(ay, by, cy)));
    const y1 = Math.min(size - 1, Math.floor(Math.max(ay, by, cy)));
    const inverse = 1 / area;
    const an = screen[a + 2];
    const bn = screen[b + 2];
    const cn = screen[c + 2];
    for (let y = y0; y <= y1; y++) {
      for (let x = x0; x <= x1; x++) {
        const wa = ((bx - x) * (cy - y) - (by - y) * (cx - x)) * inverse;
        const wb = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) * inverse;
        const wc = 1 - wa - wb;
        if (wa < -1e-6 || wb < -1e-6 || wc < -1e-6) continue;
        const depth = wa * an + wb * bn + wc * cn;
        const o = y * size + x;
        if (depth <= near[o]) continue;
        const first = (wa * an) / depth;
        const second = (wb * bn) / depth;
        if (keep && !keep(t, first, second)) continue;
        near[o] = depth;
        target.part[o] = part;
        target.triangle[o] = t;
        target.first[o] = first;
        target.second[o] = second;
      }
    }
  }
}
