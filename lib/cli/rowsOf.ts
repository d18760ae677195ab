import type { Matrix } from "../core/matrix";
import { isShardFolder, readShards } from "../jobs/shards";
import { loadEmbeddings } from "../walk/embeddings";

/** Embeddings with a name and an identity per row. */
export interface NamedRows {
  /** N×D. */
  readonly vectors: Matrix;
  readonly names: readonly string[];
  readonly identities: readonly string[];
  /** Id of the model that made them. */
  readonly model: string;
}

/** Help of an option that {@link loadRows} reads. */
export const ROWS_HELP = "folder of embed, of a walk's embeddings, or shards/ of embed-shards";

/** Reads a folder of embeddings, in whichever form. Throws a LabError that names what is missing. */
export async function loadRows(folder: string): Promise<NamedRows> {
  return isShardFolder(folder) ? readShards(folder) : loadEmbeddings(folder);
}
