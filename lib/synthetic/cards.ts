import { noise } from "./noise";
import type { Part } from "./part";
import type { Keep } from "./rasterise";

/** Ribbons under construction: each has `segments` pieces of two triangles. */
export interface Cards {
  readonly segments: number;
  /** Adds the next cross-line of a ribbon: its middle, its direction across, the way out, the way along. */
  add(
    middle: readonly number[],
    across: readonly number[],
    outwards: readonly number[],
    along: readonly number[],
    width: number,
    t: number,
    seed: number,
    brightness: number,
    layer: number,
    root: number,
  ): void;
  /** The growing arrays; see {@link finishCards}. */
  readonly arrays: Readonly<{
    positions: Float32Array;
    normals: Float32Array;
    tangents: Float32Array;
    marks: Float32Array;
    roots: Int32Array;
  }>;
  readonly used: () => number;
}

export function createCards(count: number, segments: number): Cards {
  const vertices = count * (segments + 1) * 2;
  const arrays = {
    positions: new Float32Array(3 * vertices),
    normals: new Float32Array(3 * vertices),
    tangents: new Float32Array(3 * vertices),
    marks: new Float32Array(4 * vertices),
    roots: new Int32Array(vertices),
  };
  let v = 0;
  return {
    segments,
    arrays,
    used: () => v,
    add: (middle, across, outwards, along, width, t, seed, brightness, layer, root) => {
      for (const side of [-0.5, 0.5]) {
        for (let k = 0; k < 3; k++) {
          arrays.positions[3 * v + k] = middle[k] + side * width * across[k];
          arrays.normals[3 * v + k] = outwards[k] + 0.7 * side * across[k];
          arrays.tangents[3 * v + k] = along[k];
        }
        // Across (with the lock's seed), along, brightness, layer.
        arrays.marks.set([seed + side + 0.5, t, brightness, layer], 4 * v);
        arrays.roots[v] = root;
        v++;
      }
    },
  };
}

export function finishCards({ arrays, used, segments }: Cards): Part {
  const perCard = (segments + 1) * 2;
  const count = Math.floor(used() / perCard);
  const triangles = new Uint32Array(6 * segments * count);
  let o = 0;
  for (let c = 0; c < count; c++) {
    for (let i = 0; i < segments; i++) {
      const a = c * perCard + 2 * i;
      triangles.set([a, a + 1, a + 2, a + 1, a + 3, a + 2], o);
      o += 6;
    }
  }
  const { positions, normals, tangents, marks, roots } = arrays;
  return { material: "hair", positions, normals, triangles, tangents, marks, roots, twoSided: true };
}

/** Cuts a ribbon into strands: a pixel is there where its strand is, fewer to the tip and to the edges, none above `below`. */
export function strandsOf(part: Part, below: number = Number.POSITIVE_INFINITY): Keep {
  const marks = part.marks!;
  const { triangles, positions } = part;
  return (t, first, second) => {
    if (positions[3 * triangles[t] + 1] > below) return false;
    const third = 1 - first - second;
    const a = 4 * triangles[t];
    const b = 4 * triangles[t + 1];
    const c = 4 * triangles[t + 2];
    const along = first * marks[a + 1] + second * marks[b + 1] + third * marks[c + 1];
    const across = first * marks[a] + second * marks[b] + third * marks[c];
    const u = across - Math.floor(Math.min(marks[a], marks[b], marks[c]) + 1e-4);
    const strand = noise(across * 7, along * 1.3, 4);
    const edge = 4 * (u < 0.5 ? u : 1 - u);
    return strand > 0.12 + 0.36 * along * along * along + 0.3 * Math.max(0, 1 - edge);
  };
}
