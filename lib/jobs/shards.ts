import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { sha256 } from "../core/container";
import { LabError, messageOf } from "../core/errors";
import { writeFileAtomic } from "../core/files";
import { stackRows } from "../core/matrix";
import { decodeParquet, type EmbeddingRows, encodeParquet } from "./parquet";

const FORMAT = "facenet-lab shards 1";

/** One shard as its manifest describes it. */
const shardSchema = z.strictObject({
  file: z.string().regex(/^shard-\d{6}\.parquet$/),
  rows: z.number().int().min(0),
  bytes: z.number().int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  skipped: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
});
export interface Shard {
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Images of this shard that could not be read, with the reason. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  model: z.string(),
  distance: z.literal("squared L2"),
  columns: z.number().int().min(1),
  images: z.number().int().min(0),
  shards: z.array(shardSchema),
});

/** What a folder of shards holds. */
export interface ShardManifest {
  readonly format: typeof FORMAT;
  /** Id of the model that made the embeddings. */
  readonly model: string;
  readonly distance: "squared L2";
  /** D. */
  readonly columns: number;
  /** Images that were asked for; those of the shards and those that were skipped. */
  readonly images: number;
  readonly shards: readonly Shard[];
}

function shardName(s: number): string {
  return `shard-${String(s).padStart(6, "0")}.parquet`;
}

/** Writes a shard and its description. */
export async function writeShard(
  folder: string,
  s: number,
  rows: EmbeddingRows,
  skipped: Shard["skipped"],
): Promise<Shard> {
  const file = shardName(s);
  const bytes = await encodeParquet(rows);
  writeFileAtomic(join(folder, file), bytes);
  const shard: Shard = { file, rows: rows.names.length, bytes: bytes.length, sha256: sha256(bytes), skipped };
  // After its file: a description never speaks of a file that is not there.
  writeFileAtomic(join(folder, `${file}.json`), `${JSON.stringify(shard)}\n`);
  return shard;
}

/** Writes `manifest.json`. Returns the manifest. */
export function writeManifest(
  folder: string,
  facts: Pick<ShardManifest, "model" | "columns" | "images" | "shards">,
): ShardManifest {
  const { model, ...rest } = facts;
  const manifest: ShardManifest = { format: FORMAT, model, distance: "squared L2", ...rest };
  writeFileAtomic(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** A shard that is there and is what its description says, or undefined. */
export function wholeShard(folder: string, s: number): Shard | undefined {
  const path = join(folder, shardName(s));
  if (!existsSync(path) || !existsSync(`${path}.json`)) return undefined;
  try {
    const shard = shardSchema.parse(JSON.parse(readFileSync(`${path}.json`, "utf8")));
    return shard.file === basename(path) && shard.sha256 === sha256(readFileSync(path)) ? shard : undefined;
  } catch {
    // A damaged description: the shard is made again.
    return undefined;
  }
}

/** Whether a folder holds shards of {@link embedShards}. */
export function isShardFolder(folder: string): boolean {
  return (
    existsSync(join(folder, "manifest.json")) && readdirSync(folder).some((name) => name.endsWith(".parquet"))
  );
}

/** Reads all shards of a folder. Throws a LabError that names a file which is missing or is not the one of the manifest. */
export async function readShards(folder: string): Promise<EmbeddingRows & { readonly model: string }> {
  const path = join(folder, "manifest.json");
  let manifest: ShardManifest;
  try {
    manifest = manifestSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    throw new LabError(`Cannot read ${path}: ${messageOf(error)}`);
  }
  const parts: EmbeddingRows[] = [];
  for (const shard of manifest.shards) {
    const file = join(folder, shard.file);
    if (!existsSync(file) || sha256(readFileSync(file)) !== shard.sha256) {
      throw new LabError(`Cannot read ${file}: it must be the file that ${path} describes`);
    }
    if (shard.rows > 0) parts.push(await decodeParquet(readFileSync(file), file));
  }
  return {
    model: manifest.model,
    names: parts.flatMap(({ names }) => [...names]),
    identities: parts.flatMap(({ identities }) => [...identities]),
    vectors: stackRows(parts.map(({ vectors }) => vectors)),
  };
}
