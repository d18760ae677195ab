import type { Matrix } from "../core/matrix";
import { isShardFolder, readShards } from "../jobs/shards";
import { isAddress } from "../store/open";
import { loadEmbeddings } from "../walk/embeddings";
import type { CommandContext } from "./command";
import { storeOf } from "./storeOptions";

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
export const ROWS_HELP =
  "folder of embed, of a walk's embeddings, or shards/ of embed-shards; or shards at an s3:// or file:// address";

/** Reads a folder of embeddings, in whichever form, or shards at an address. Throws a LabError that names what is missing. */
export async function loadRows(context: CommandContext, where: string): Promise<NamedRows> {
  if (isAddress(where)) return readShards(storeOf(context, where));
  return isShardFolder(where) ? readShards(where) : loadEmbeddings(where);
}
