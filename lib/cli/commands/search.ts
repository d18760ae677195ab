import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { encodeCsv } from "../../core/csv";
import { LabError, UsageError } from "../../core/errors";
import { writeFileAtomic } from "../../core/files";
import type { Nearest } from "../../evaluate/nearest";
import { type ApproximateNearest, approximateSearch } from "../../jobs/approximateSearch";
import { parallelSearch } from "../../jobs/parallelSearch";
import { partsIn } from "../../jobs/parts";
import { openRunFolder, type RunRequest } from "../../walk/runFolder";
import type { Command } from "../command";
import { loadRows, type NamedRows, ROWS_HELP } from "../rowsOf";
import { required } from "../shared";
import { checkEndpoint, storeOptions } from "../storeOptions";
import { noteLoss, productsOf, productsOption, withWorkersOf, workerOptions } from "../workerOptions";

export const searchCommand: Command = {
  name: "search",
  summary: "the k nearest gallery images of every probe, exact, in shards over several processes",
  options: {
    probes: { kind: "text", value: "DIR", help: ROWS_HELP },
    gallery: { kind: "text", value: "DIR", help: ROWS_HELP },
    k: { kind: "integer", help: "neighbours of each probe", least: 1, default: 10 },
    "shard-rows": { kind: "integer", help: "gallery rows of one shard", least: 1, default: 65_536 },
    out: {
      kind: "text",
      value: "DIR",
      help: "folder for neighbours.csv and result.json, and for finished shards while it runs",
    },
    resume: { kind: "flag", help: "go on with the shards that are there" },
    approximate: {
      kind: "flag",
      help: "search a graph of neighbours (HNSW) in each shard; some probes are searched exactly too, and the recall is printed",
    },
    expansion: {
      kind: "integer",
      help: "candidates that an approximate search looks at; left out: 128",
      least: 1,
      most: 100_000,
    },
    ...productsOption,
    ...storeOptions,
    ...workerOptions,
  },
  examples: [
    "facenet-lab search --probes my-probes --gallery my-gallery --k 5 --workers 2 --out found",
    "facenet-lab search --probes my-probes --gallery my-shards/shards --workers 4 --out found --resume",
    "facenet-lab search --probes my-probes --gallery my-shards/shards --approximate --expansion 64 --out found",
  ],
  run: async (context) => {
    const approximate = context.flag("approximate");
    if (approximate && context.text("products") !== undefined) {
      throw new UsageError(
        "Cannot use --products with --approximate: a graph of neighbours takes no products",
      );
    }
    if (!approximate && context.number("expansion") !== undefined) {
      throw new UsageError(
        "Cannot use --expansion without --approximate: an exact search looks at every row",
      );
    }
    const out = resolve(required(context, "out", "the folder of the neighbours"));
    checkEndpoint(context, [context.text("probes"), context.text("gallery")]);
    const probes = await loadRows(context, required(context, "probes", "a folder of embeddings"));
    const gallery = await loadRows(context, required(context, "gallery", "a folder of embeddings"));
    if (probes.model !== gallery.model) {
      throw new LabError(
        `Cannot search: probes and gallery must come from one model, current values are ${probes.model} and ${gallery.model}`,
      );
    }
    const k = context.number("k") as number;
    const shardRows = context.number("shard-rows") as number;
    const products = productsOf(context);
    const digests = { probes: digestOf(probes), gallery: digestOf(gallery) };
    const expansion = context.number("expansion") ?? 128;
    const how: RunRequest = approximate ? { approximate, expansion } : { products };
    const request = { command: "search", model: probes.model, k, shardRows, ...how, ...digests };
    const run = openRunFolder(out, request, { resume: context.flag("resume") });
    try {
      const path = run.file("neighbours.csv");
      const kept = run.file("result.json");
      if (existsSync(path) && existsSync(kept)) {
        const json = JSON.parse(readFileSync(kept, "utf8")) as object;
        return { json: { out: path, ...json }, text: `done before: ${path}` };
      }
      const options = {
        shardRows,
        parts: partsIn(run.file("shards")),
        progress: context.progress,
        signal: context.signal,
        onLost: noteLoss(context),
      };
      const nearest = await withWorkersOf<Nearest | ApproximateNearest>(
        context,
        (workers) =>
          approximate
            ? approximateSearch(workers, probes.vectors, gallery.vectors, k, { ...options, expansion })
            : parallelSearch(workers, probes.vectors, gallery.vectors, k, { ...options, products }),
        context.signal,
      );
      writeFileAtomic(path, encodeCsv(table(probes, gallery, nearest)));
      const counts = { probes: probes.names.length, gallery: gallery.names.length, k };
      const quality =
        "recall" in nearest ? { recall: nearest.recall, sampledProbes: nearest.sampledProbes } : {};
      const result = { model: probes.model, ...counts, ...quality };
      writeFileAtomic(kept, `${JSON.stringify(result, null, 2)}\n`);
      rmSync(run.file("shards"), { recursive: true, force: true });
      const json = { out: path, ...result };
      const text = `${k} neighbours of ${counts.probes} probes among ${counts.gallery} images in ${path}`;
      return { json, text: "recall" in nearest ? `${text}\n${recallText(nearest)}` : text };
    } finally {
      run.close();
    }
  },
};

function recallText({ recall, sampledProbes, k }: ApproximateNearest): string {
  return `recall ${recall.toFixed(4)}: that share of the exact ${k} nearest was found, over ${sampledProbes} sampled probes`;
}

function digestOf({ names, identities, vectors: { data } }: NamedRows): string {
  const hash = createHash("sha256").update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  names.forEach((name, i) => {
    hash.update(JSON.stringify([name, identities[i]]));
  });
  return hash.digest("hex");
}

function* table(
  probes: NamedRows,
  gallery: NamedRows,
  { k, indices, distances }: Nearest,
): Generator<(string | number)[]> {
  yield ["probe", "probe identity", "rank", "name", "identity", "squared L2"];
  for (let o = 0; o < indices.length; o++) {
    const [probe, row] = [Math.floor(o / k), indices[o]];
    const found = [gallery.names[row], gallery.identities[row], distances[o]];
    yield [probes.names[probe], probes.identities[probe], (o % k) + 1, ...found];
  }
}
