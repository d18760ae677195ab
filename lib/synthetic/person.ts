import { earParts } from "./ears";
import { type Moves, movesOf } from "./expression";
import { hairParts } from "./hairCards";
import { COARSE_TRIANGLES, COLUMNS, gridNormals, ROWS } from "./headGrid";
import { headSurface } from "./headSurface";
import { aged, type Identity } from "./identity";
import type { Part } from "./part";
import { paintSkin, type SkinTexture } from "./skinTexture";
import { torsoPart } from "./torso";
import { bakeVisibility } from "./visibility";

/** An identity made flesh: everything that is worked out once and used for all its pictures. */
export interface Person {
  readonly identity: Identity;
  readonly positions: Float32Array;
  readonly follows: Float32Array;
  readonly moves: Moves;
  readonly skin: SkinTexture;
  /** How open each vertex lies to each direction, [0, 255]. */
  readonly seen: Uint8Array;
  readonly parts: readonly Part[];
}

/** Builds a person; `years` older or younger than the identity. A tenth of a second: keep it for all pictures of one identity. */
export function buildPerson(of: Identity, years: number = 0): Person {
  const identity = aged(of, years);
  const { positions, follows } = headSurface(identity.shape, identity.age);
  const normals = gridNormals(positions, COLUMNS, ROWS, true);
  const hair = hairParts(identity, positions, normals);
  return {
    identity,
    positions,
    follows,
    moves: movesOf(identity.shape, positions),
    skin: paintSkin(identity, positions),
    seen: bakeVisibility(positions, normals, [{ positions, triangles: COARSE_TRIANGLES }, ...hair]),
    parts: [...earParts(identity.shape), torsoPart(identity.shape, identity.factors.sex), ...hair],
  };
}
