import { gridNormals, gridTriangles } from "./headGrid";
import type { Part } from "./part";
import { cross, unit } from "./vectors";

const AROUND = 8;

/** A tube along a line of points; `radius` by the share of its length. `closed` joins its ends. */
export function tube(
  points: readonly (readonly number[])[],
  radius: (t: number) => number,
  closed: boolean = false,
): Part {
  const rows = closed ? points.length + 1 : points.length;
  const positions = new Float32Array(3 * rows * AROUND);
  for (let j = 0; j < rows; j++) {
    const at = points[j % points.length];
    const next = points[closed ? (j + 1) % points.length : Math.min(j + 1, points.length - 1)];
    const last = points[closed ? (j + points.length - 1) % points.length : Math.max(j - 1, 0)];
    const along = unit([next[0] - last[0], next[1] - last[1], next[2] - last[2]], 1e-9);
    const helper = Math.abs(along[2]) < 0.8 ? [0, 0, 1] : [0, 1, 0];
    const side = unit(cross(along, helper), 1e-9);
    const up = cross(side, along);
    const r = radius(j / (rows - 1));
    for (let i = 0; i < AROUND; i++) {
      const angle = (2 * Math.PI * i) / AROUND;
      for (let k = 0; k < 3; k++) {
        positions[3 * (j * AROUND + i) + k] =
          at[k] + r * (Math.cos(angle) * side[k] + Math.sin(angle) * up[k]);
      }
    }
  }
  return {
    material: "frame",
    positions,
    normals: gridNormals(positions, AROUND, rows, true),
    triangles: gridTriangles(AROUND, rows, true),
    twoSided: true,
  };
}
