import type { Identity } from "./identity";
import type { Part } from "./part";
export function hairParts(_identity: Identity, _positions: Float32Array, _normals: Float32Array): Part[] {
  return [];
}
