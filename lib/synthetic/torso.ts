import { mix, smoothstep } from "./curves";
import type { FaceShape } from "./faceShape";
import { gridNormals, gridTriangles } from "./headGrid";
import type { Part } from "./part";

const COLUMNS = 44;
const ROWS = 14;

/** Shoulders and chest: sections that widen from the neck along the trapezius to the shoulders. */
export function torsoPart(s: FaceShape, build: number): Part {
  const positions = new Float32Array(3 * COLUMNS * ROWS);
  const shoulder = 19.5 + 1.8 * build;
  for (let j = 0; j < ROWS; j++) {
    const t = j / (ROWS - 1);
    const wide = smoothstep(0, 0.62, t);
    const width = mix(s.neckWidth + 0.5, shoulder, wide ** 1.25);
    const depth = mix(5.6, 10.5, smoothstep(0, 0.7, t));
    for (let i = 0; i < COLUMNS; i++) {
      const angle = (2 * Math.PI * i) / COLUMNS - Math.PI;
      const sine = Math.sin(angle);
      const cosine = Math.cos(angle);
      const o = 3 * (j * COLUMNS + i);
      positions[o] = width * Math.sign(sine) * Math.abs(sine) ** 0.85;
      positions[o + 1] = -12.2 - 15.5 * t ** 1.2 - 2.2 * Math.max(0, cosine) * (1 - t);
      positions[o + 2] = -11 + 1.5 * t + depth * cosine;
    }
  }
  return {
    material: "torso",
    positions,
    normals: gridNormals(positions, COLUMNS, ROWS, true),
    triangles: gridTriangles(COLUMNS, ROWS, true),
    onTorso: true,
  };
}
