import { ridge, smoothstep } from "./curves";
import type { FaceShape } from "./faceShape";
import { gridNormals, gridTriangles } from "./headGrid";
import { mirrored, type Part } from "./part";

const RINGS = 9;
const ANGLES = 22;

/** Two ears: a disc with the outline of an ear, a rolled rim (helix), a ridge inside it and a bowl (concha). */
export function earParts(s: FaceShape): Part[] {
  const positions = new Float32Array(3 * RINGS * ANGLES);
  const marks = new Float32Array(4 * RINGS * ANGLES);
  const lean = 0.2;
  const flare = s.earOut;
  for (let j = 0; j < RINGS; j++) {
    // Rings run from the rim inwards, so that the disc faces outwards.
    const r = 1 - j / (RINGS - 0.98);
    for (let i = 0; i < ANGLES; i++) {
      const angle = (-2 * Math.PI * i) / ANGLES;
      const v = Math.sin(angle) * r;
      const q = Math.cos(angle) * r;
      const narrow = 1 - 0.42 * smoothstep(0.2, -1, v);
      const up = 3.05 * s.earSize * v;
      const across = 1.6 * s.earSize * q * narrow * (v > 0 ? 1.05 : 1);
      const outside = smoothstep(-0.9, -0.2, q);
      const rim = 0.3 * ridge(r - 0.93, 0.1) * smoothstep(-0.9, -0.3, v + 0.4 * q);
      const inner = 0.22 * ridge(r - 0.6, 0.13) * smoothstep(-0.5, 0.2, v - q * 0.6);
      const bowl = -0.75 * Math.exp(-((q - 0.05) ** 2 + (v + 0.12) ** 2) / 0.13);
      const height = 0.25 + rim + inner + bowl;
      // `across` grows to the back of the head; the back edge stands off by the flare.
      const back = across + 1.3;
      const o = 3 * (j * ANGLES + i);
      positions[o] =
        s.cheekWidth -
        0.12 +
        0.06 * up +
        back * Math.sin(flare) +
        height * Math.cos(flare) * (0.3 + 0.7 * outside);
      positions[o + 1] = -2.1 + up * Math.cos(lean) - 0.1 * across;
      positions[o + 2] =
        -8.4 - back * Math.cos(flare) - up * Math.sin(lean) * 0.8 + 0.3 * height * Math.sin(flare);
      marks[(o / 3) * 4] = Math.min(1, 0.45 + 0.75 * Math.max(0, height));
    }
  }
  const part: Part = {
    material: "ear",
    positions,
    normals: gridNormals(positions, ANGLES, RINGS, true),
    triangles: gridTriangles(ANGLES, RINGS, true),
    twoSided: true,
    marks,
  };
  return [part, { ...mirrored(part), marks }];
}
