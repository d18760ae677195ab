import assert from "node:assert/strict";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { alignDataSet } from "../../lib/align/alignDataSet";
import { loadFolder } from "../../lib/data/folder";
import { embedShards } from "../../lib/jobs/embedShards";
import { readShards } from "../../lib/jobs/shards";
import { embedCrops } from "../../lib/train/embed";
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
