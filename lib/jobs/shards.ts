import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { sha256 } from "../core/container";
import { LabError, messageOf } from "../core/errors";
import { stackRows } from "../core/matrix";
import { openStore } from "../store/open";
import { placeOf, type Store } from "../store/store";
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

/** What a folder or another store of shards holds. */
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
  store: Store,
  s: number,
  rows: EmbeddingRows,
  skipped: Shard["skipped"],
): Promise<Shard> {
  const file = shardName(s);
  const { bytes, sha256 } = await store.write(file, await encodeParquet(rows));
  const shard: Shard = { file, rows: rows.names.length, bytes, sha256, skipped };
  // After its file: a description never speaks of a file that is not there.
  await store.write(`${file}.json`, `${JSON.stringify(shard)}\n`);
  return shard;
}

/** Writes `manifest.json`. Returns the manifest. */
export async function writeManifest(
  store: Store,
  facts: Pick<ShardManifest, "model" | "columns" | "images" | "shards">,
): Promise<ShardManifest> {
  const { model, ...rest } = facts;
  const manifest: ShardManifest = { format: FORMAT, model, distance: "squared L2", ...rest };
  await store.write("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** A shard that is there and is what its description says, or undefined. `names` are those of the store. */
export async function wholeShard(
  store: Store,
  names: ReadonlySet<string>,
  s: number,
): Promise<Shard | undefined> {
  const file = shardName(s);
  if (!names.has(file) || !names.has(`${file}.json`)) return undefined;
  const text = Buffer.from(await store.read(`${file}.json`)).toString("utf8");
  let shard: Shard;
  try {
    shard = shardSchema.parse(JSON.parse(text));
  } catch {
    // A damaged description: the shard is made again.
    return undefined;
  }
  const found = shard.file === file ? await store.find(file) : undefined;
  return found?.sha256 === shard.sha256 && found.bytes === shard.bytes ? shard : undefined;
}

/** Whether a folder holds shards of {@link embedShards}. */
export function isShardFolder(folder: string): boolean {
  return (
    existsSync(join(folder, "manifest.json")) && readdirSync(folder).some((name) => name.endsWith(".parquet"))
  );
}

/**
 * Reads all shards of a folder, a file:// or an s3:// address, or a store. Throws a LabError that names a file which is missing or is not the one of the manifest.
 */
export async function readShards(where: string | Store): Promise<EmbeddingRows & { readonly model: string }> {
  const store = typeof where === "string" ? openStore(where) : where;
  const path = placeOf(store, "manifest.json");
  const text = Buffer.from(await store.read("manifest.json")).toString("utf8");
  let manifest: ShardManifest;
  try {
    manifest = manifestSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new LabError(`Cannot read ${path}: ${messageOf(error)}`);
  }
  const names = new Set(await store.list());
  const parts: EmbeddingRows[] = [];
  for (const shard of manifest.shards) {
    const file = placeOf(store, shard.file);
    const bytes = names.has(shard.file) ? await store.read(shard.file) : undefined;
    if (!bytes || sha256(bytes) !== shard.sha256) {
      throw new LabError(`Cannot read ${file}: it must be the file that ${path} describes`);
    }
    if (shard.rows > 0) parts.push(await decodeParquet(bytes, file));
  }
  return {
    model: manifest.model,
    names: parts.flatMap(({ names }) => [...names]),
    identities: parts.flatMap(({ identities }) => [...identities]),
    vectors: stackRows(parts.map(({ vectors }) => vectors)),
  };
}
