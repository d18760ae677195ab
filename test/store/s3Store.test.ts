import assert from "node:assert/strict";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import test from "node:test";
import { LabError } from "../../lib/core/errors";
import { matrix } from "../../lib/core/matrix";
import { readShards, wholeShard, writeManifest, writeShard } from "../../lib/jobs/shards";
import { s3Store } from "../../lib/store/s3Store";
import { claimStore } from "../../lib/walk/storeRun";
import { keepsFiles } from "./contract";

const endpoint = process.env.FACENET_LAB_S3_ENDPOINT;
const onServer = {
  skip: endpoint
    ? false
    : "skipped: no S3 server (name one in FACENET_LAB_S3_ENDPOINT, with its credentials in the environment)",
};

let places = 0;
/** A fresh prefix of the bucket that the test may fill. */
const bucket = process.env.FACENET_LAB_S3_BUCKET ?? "facenet-lab-test";
const fresh = (): string => `s3://${bucket}/test-${process.pid}-${Date.now()}-${places++}`;

/** Makes the bucket, where it is not there. */
async function withBucket(): Promise<void> {
  const { S3Client, CreateBucketCommand } = require("@aws-sdk/client-s3") as {
    S3Client: new (options: object) => { send(command: object): Promise<unknown> };
    CreateBucketCommand: new (input: object) => object;
  };
  const client = new S3Client({ endpoint, forcePathStyle: true, region: "us-east-1" });
  await client.send(new CreateBucketCommand({ Bucket: bucket })).catch((error: Error) => {
    if (!/BucketAlreadyOwnedByYou|BucketAlreadyExists/.test(error.name)) throw error;
  });
}

/** A way to the server that closes the connection after `most` bytes of a request's body, the first `cuts` times that one is that long. */
async function cutting(
  cuts: number,
  most: number,
): Promise<{ readonly server: Server; readonly address: string; readonly cut: () => number }> {
  const { hostname, port } = new URL(endpoint as string);
  let cut = 0;
  const server = createServer((near: Socket) => {
    const far = createConnection(Number(port), hostname);
    let sent = 0;
    near.on("data", (data) => {
      sent += data.length;
      if (sent > most && cut < cuts) {
        cut++;
        // Half of it arrives.
        far.write(data.subarray(0, data.length >> 1), () => {
          far.destroy();
          near.destroy();
        });
        return;
      }
      far.write(data);
    });
    far.on("data", (data) => {
      sent = 0;
      near.write(data);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return { server, address, cut: () => cut };
}

const rows = {
  names: ["a", "b"],
  identities: ["a", "b"],
  vectors: matrix(2, 3, Float32Array.of(1, 0, 0, 0, 1, 0)),
};

test("s3Store() keeps objects as a folder keeps files", onServer, async () => {
  await withBucket();
  await keepsFiles(s3Store(fresh()));
});

test("s3Store() lists more than one page, and nothing of a prefix that begins alike", onServer, async () => {
  await withBucket();
  const url = fresh();
  await s3Store(`${url}0`).write("foreign", "x");
  const store = s3Store(url);
  const names = Array.from({ length: 1010 }, (_, i) => `n${String(i).padStart(4, "0")}`);
  for (let i = 0; i < names.length; i += 101) {
    await Promise.all(names.slice(i, i + 101).map((name) => store.write(name, "")));
  }
  assert.deepEqual(await store.list(), names);
});

test("s3Store() writes again when the connection is cut in the middle of an upload", onServer, async () => {
  await withBucket();
  const { server, address, cut } = await cutting(1, 200_000);
  try {
    const store = s3Store(fresh(), { endpoint: address });
    const data = new Uint8Array(3_000_000).fill(7);
    await store.write("large", data);
    assert.equal(cut(), 1);
    assert.deepEqual(new Uint8Array(await store.read("large")), data);
  } finally {
    server.close();
  }
});

test(
  "s3Store() whose uploads are always cut throws, leaves nothing, and the next run goes on",
  onServer,
  async () => {
    await withBucket();
    const { server, address } = await cutting(Number.POSITIVE_INFINITY, 200_000);
    const url = fresh();
    try {
      const store = s3Store(url, { endpoint: address, attempts: 2 });
      const data = new Uint8Array(3_000_000);
      await assert.rejects(store.write("large", data), (error: Error) => {
        assert.ok(error instanceof LabError);
        assert.match(error.message, new RegExp(`^Cannot write ${url}/large: `));
        return true;
      });
      assert.deepEqual(await s3Store(url).list(), []);
      await s3Store(url).write("large", data);
      assert.deepEqual(await s3Store(url).list(), ["large"]);
    } finally {
      server.close();
    }
  },
);

test(
  "readShards() and wholeShard() refuse an object whose bytes are not those of the manifest",
  onServer,
  async () => {
    await withBucket();
    const url = fresh();
    const store = s3Store(url);
    const shard = await writeShard(store, 0, rows, []);
    await writeManifest(store, { model: "m", columns: 3, images: 2, shards: [shard] });
    assert.deepEqual((await readShards(url)).names, ["a", "b"]);
    const names = new Set(await store.list());
    assert.deepEqual(await wholeShard(store, names, 0), shard);
    const bytes = await store.read(shard.file);
    bytes[bytes.length >> 1] ^= 1;
    await store.write(shard.file, bytes);
    assert.equal(await wholeShard(store, names, 0), undefined);
    await assert.rejects(
      readShards(url),
      /shard-000000\.parquet: it must be the file that s3:.*manifest\.json describes/,
    );
  },
);

test(
  "claimStore() takes an empty prefix, resumes the same request and refuses another",
  onServer,
  async () => {
    await withBucket();
    const store = s3Store(fresh());
    await claimStore(store, { command: "x", images: 3 }, false);
    await claimStore(store, { command: "x", images: 3 }, true);
    await assert.rejects(
      claimStore(store, { command: "x", images: 3 }, false),
      /it already holds one\. Add --resume/,
    );
    await assert.rejects(
      claimStore(store, { command: "x", images: 4 }, true),
      /images must be the same as before \(3\), current value is 4/,
    );
  },
);

test("s3Store() of a server that is not there says so", onServer, async () => {
  const store = s3Store("s3://bucket/x", { endpoint: "http://127.0.0.1:9", attempts: 1 });
  await assert.rejects(store.list(), /^LabError: Cannot list s3:\/\/bucket\/x: /);
});
