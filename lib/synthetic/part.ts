/** What a surface is made of; decides how it is coloured. */
export type Material = "skin" | "ear" | "torso" | "hair" | "frame" | "cloth" | "hand";

/** A piece of the scene that is drawn and shaded by itself. Positions in the frame of the head (cm). */
export interface Part {
  readonly material: Material;
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly triangles: Uint32Array;
  /** Turns with the shoulders instead of the head. */
  readonly onTorso?: boolean;
  readonly twoSided?: boolean;
  /** Four numbers per vertex that the material understands. */
  readonly marks?: Float32Array;
  /** Direction of the strands, per vertex. */
  readonly tangents?: Float32Array;
  /** Vertex of the head that a vertex moves with when the face does. */
  readonly roots?: Int32Array;
}

/** The parts mirrored to the other side; triangles are turned round so that they still face outwards. */
export function mirrored(part: Part): Part {
  const flip = (values: Float32Array): Float32Array => values.map((v, i) => (i % 3 === 0 ? -v : v));
  const triangles = part.triangles.slice();
  for (let t = 0; t < triangles.length; t += 3) {
    triangles[t + 1] = part.triangles[t + 2];
    triangles[t + 2] = part.triangles[t + 1];
  }
  return { ...part, positions: flip(part.positions), normals: flip(part.normals), triangles };
}
