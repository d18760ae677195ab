import assert from "node:assert/strict";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { alignDataSet } from "../../lib/align/alignDataSet";
import type { DataItem, DataSet } from "../../lib/data/dataset";
import { loadFolder } from "../../lib/data/folder";
import { raster } from "../../lib/image/raster";
import { embedShards } from "../../lib/jobs/embedShards";
import { encodeParquet } from "../../lib/jobs/parquet";
import { readShards } from "../../lib/jobs/shards";
import { embedCrops } from "../../lib/train/embed";
import type { Workers } from "../../lib/worker/workers";
import { assertClose } from "../gradients";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { filesOf, randomModel } from "./fixtures";
import { killOnce } from "./killOnce";
import { withWorkers } from "./withWorkers";

const align = { mode: "center-crop", size: 16, margin: 1 } as const;

test("embedShards() writes each image once, also when a worker is killed or the run is stopped, to the same bytes", async () => {
  await inWorkplace(async (place) => {
    const photos = await writePatterns(join(place, "photos"), { images: 3 });
    writeFileSync(join(photos, "Ada", "broken.png"), "no picture");
    const dataSet = await loadFolder(photos);
    const model = randomModel(join(place, "model"));
    // 19 files in 7 shards.
    const options = { align, images: 3 };
    const folder = (name: string): string => join(place, name);

    await withWorkers(1, async (workers) => {
      const manifest = await embedShards(workers, dataSet, model, folder("one"), options);
      assert.equal(manifest.shards.length, Math.ceil(dataSet.items.length / 3));
      const skipped = manifest.shards.flatMap((shard) => shard.skipped);
      assert.deepEqual(
        skipped.map(({ name }) => name),
        ["Ada/broken.png"],
      );
    });
    await withWorkers(2, async (workers) => {
      const lost: Error[] = [];
      const killing = killOnce(workers, 1, "embed", 1);
      await embedShards(killing, dataSet, model, folder("killed"), {
        ...options,
        onLost: (error) => lost.push(error),
      });
      assert.equal(lost.length, 1);

      const stop = new AbortController();
      const stopping = { ...options, signal: stop.signal, progress: () => stop.abort() };
      await assert.rejects(embedShards(workers, dataSet, model, folder("stopped"), stopping), {
        name: "Interrupted",
      });
      const before = filesOf(folder("stopped"));
      assert.ok(before.length >= 2 && before.length < 14);
      truncateSync(join(folder("stopped"), before[0][0]), 10);
      await embedShards(workers, dataSet, model, folder("stopped"), options);
    });
    assert.deepEqual(filesOf(folder("killed")), filesOf(folder("one")));
    assert.deepEqual(filesOf(folder("stopped")), filesOf(folder("one")));

    const { crops } = await alignDataSet(dataSet, align);
    const { names, identities, vectors, model: id } = await readShards(folder("killed"));
    assert.equal(id, model.card.id);
    assert.deepEqual(names, crops.names);
    assert.deepEqual(
      identities,
      Array.from(crops.labels, (label) => crops.identities[label]),
    );
    assertClose(vectors.data, (await embedCrops(model.net, crops, { mirrorAverage: true })).data, 1e-6);
    model.net.dispose();

    truncateSync(join(folder("one"), "shard-000002.parquet"), 50);
    await assert.rejects(
      readShards(folder("one")),
      /shard-000002\.parquet: it must be the file that .* describes/,
    );
  });
});

/** Images of 16×16 in memory that differ from each other; every `hole`-th is a file that is not there. */
function inMemory(count: number, hole: number): DataSet {
  const items = Array.from({ length: count }, (_, i): DataItem => {
    const data = Uint8Array.from({ length: 16 * 16 * 3 }, (_, p) => (i * 31 + p * (1 + (i % 7))) % 256);
    const source = i % hole === 5 ? { path: `/nowhere/${i}.png` } : { image: raster(16, 16, 3, data) };
    return { name: `image ${i}`, label: i % 3, source };
  });
  return { name: "memory", kind: "faces", identities: ["a", "b", "c"], items, skipped: [] };
}

test("embedShards() makes a shard of more images than a request holds to the same bytes, also when a worker is killed within it", async () => {
  await inWorkplace(async (place) => {
    // More arrays than a frame may name, and skipped images, so that requests end within a batch of the net.
    const dataSet = inMemory(10_100, 400);
    const model = randomModel(join(place, "model"));
    const { crops, report } = await alignDataSet(dataSet, { ...align, cache: false });
    const oracle = await encodeParquet({
      names: crops.names,
      identities: Array.from(crops.labels, (label) => crops.identities[label]),
      vectors: await embedCrops(model.net, crops, { mirrorAverage: true }),
    });
    await withWorkers(1, async (workers) => {
      const lost: Error[] = [];
      const killing = killOnce(workers, 0, "embed", 2);
      const sizes: Record<string, number[]> = { align: [], embed: [] };
      const watched: Workers = {
        ...killing,
        call: (worker, op, params, arrays) => {
          const { items } = params as { items?: unknown[] };
          sizes[op]?.push(items?.length ?? arrays?.crops.shape[0] ?? 0);
          return killing.call(worker, op, params, arrays);
        },
      };
      const manifest = await embedShards(watched, dataSet, model, join(place, "out"), {
        align: { ...align, cache: false },
        images: 20_000,
        onLost: (error) => lost.push(error),
      });
      assert.equal(lost.length, 1);
      assert.ok(Math.max(...sizes.align) <= 1024);
      // Nothing but the end of the shard is less than a batch of the net.
      assert.deepEqual(
        sizes.embed.map((size) => size % 128).filter((rest) => rest > 0),
        [(10_100 - 26) % 128],
      );
      assert.equal(manifest.shards.length, 1);
      assert.equal(manifest.shards[0].rows, 10_100 - 26);
      assert.deepEqual(manifest.shards[0].skipped, report.skipped);
    });
    assert.ok(readFileSync(join(place, "out", "shard-000000.parquet")).equals(oracle));
    model.net.dispose();
  });
});
