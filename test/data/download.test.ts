import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { Interrupted } from "../../lib/core/errors";
import { downloadFile } from "../../lib/data/download";
import { downloadLfw } from "../../lib/data/downloadLfw";
import { unpackTarGz } from "../../lib/data/tar";
import { tarEntry } from "./tarEntry";

const body = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 251));
const sumOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Runs `work` with a new folder and the address of a server on this machine. */
async function served(
  answer: RequestListener,
  work: (url: string, folder: string) => Promise<void>,
): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const folder = mkdtempSync(join(tmpdir(), "facenet-lab-"));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, folder);
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  }
}

/** Answers with `body`, from the asked byte on when `ranges` are served; cuts the first answer after half of it. */
function cutOnce(ranges: boolean, asked: string[]): RequestListener {
  return (request, response) => {
    const range = request.headers.range;
    asked.push(range ?? "whole");
    const from = ranges && range ? Number(/bytes=(\d+)-/.exec(range)?.[1]) : 0;
    const headers = { "content-length": body.length - from };
    response.writeHead(ranges && range ? 206 : 200, headers);
    if (asked.length > 1) response.end(body.subarray(from));
    else response.write(body.subarray(0, body.length / 2), () => setTimeout(() => response.destroy(), 50));
  };
}

test("downloadFile() goes on where a cut transfer ended, or begins anew where the server cannot", async () => {
  for (const ranges of [true, false]) {
    const asked: string[] = [];
    await served(cutOnce(ranges, asked), async (url, folder) => {
      const path = join(folder, "deep", "file.bin");
      const load = (): Promise<void> => downloadFile(url, path, { sha256: sumOf(body) });
      await assert.rejects(load(), /Cannot download file\.bin from .*; what arrived is kept/);
      assert.equal(existsSync(path), false);
      await load();
      assert.ok(readFileSync(path).equals(body));
      assert.deepEqual(readdirSync(join(folder, "deep")), ["file.bin"]);
      assert.match(asked[1], /^bytes=\d+-$/);
    });
  }
});

test("downloadFile() deletes what has the wrong sum", () =>
  served(
    (_, response) => response.end("something else"),
    async (url, folder) => {
      const path = join(folder, "file");
      await assert.rejects(
        downloadFile(url, path, { sha256: sumOf(body) }),
        /its SHA-256 must be .*, current value is .*; it was deleted/,
      );
      assert.deepEqual(readdirSync(folder), []);
    },
  ));

test("downloadFile() takes a part that is already whole, and follows redirects but not out of the web", () =>
  served(
    (request, response) => {
      if (request.url === "/moved") response.writeHead(302, { location: "/file" }).end();
      else if (request.url === "/loop") response.writeHead(302, { location: "/loop" }).end();
      else if (request.url === "/disk") response.writeHead(302, { location: "file:///etc/hostname" }).end();
      else if (request.url === "/gone") response.writeHead(404).end();
      else if (request.headers.range) response.writeHead(416).end();
      else response.end(body);
    },
    async (url, folder) => {
      const path = join(folder, "file");
      writeFileSync(`${path}.part`, body);
      await downloadFile(`${url}/file`, path, { sha256: sumOf(body) });
      const refused = (where: string, message: RegExp): Promise<void> =>
        assert.rejects(downloadFile(`${url}${where}`, join(folder, "x"), { sha256: sumOf(body) }), message);
      await refused("/loop", /more than 5 redirects/);
      await refused("/disk", /must begin with http or https, current value is file:/);
      await refused("/gone", /the server answered 404/);
      await downloadFile(`${url}/moved`, join(folder, "y"), { sha256: sumOf(body) });
      assert.deepEqual(readdirSync(folder).sort(), ["file", "y"]);
    },
  ));

test("downloadFile() gives up on a silent server and stops when asked, keeping what arrived", () =>
  served(
    (_, response) => {
      response.writeHead(200, { "content-length": body.length });
      response.write(body.subarray(0, 1000));
    },
    async (url, folder) => {
      const path = join(folder, "file");
      const sha256 = sumOf(body);
      await assert.rejects(
        downloadFile(url, path, { sha256, patience: 0.2 }),
        /nothing arrived for 0\.2 seconds|Cannot download file/,
      );
      const stop = new AbortController();
      const stopped = downloadFile(url, path, { sha256, signal: stop.signal, progress: () => stop.abort() });
      await assert.rejects(stopped, Interrupted);
      assert.deepEqual(readdirSync(folder), ["file.part"]);
    },
  ));

const archive = (...entries: Buffer[]): Buffer => gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]));

test("unpackTarGz() unpacks plain files and refuses everything that could leave the folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "facenet-lab-"));
  try {
    const path = join(folder, "a.tgz");
    const inside = join(folder, "in", "side");
    mkdirSync(inside, { recursive: true });
    const unpack = (bytes: Uint8Array, mostBytes?: number): Promise<number> => {
      writeFileSync(path, bytes);
      return unpackTarGz(path, inside, { mostBytes });
    };
    assert.equal(
      await unpack(archive(tarEntry("d/", "", "5"), tarEntry("d/a.txt", "hello"), tarEntry("b", ""))),
      2,
    );
    assert.equal(readFileSync(join(inside, "d", "a.txt"), "utf8"), "hello");
    const refused = (bytes: Uint8Array, message: RegExp): Promise<void> =>
      assert.rejects(unpack(bytes), message);
    await refused(archive(tarEntry("../evil", "x")), /the name "\.\.\/evil" leaves the folder/);
    await refused(archive(tarEntry("/tmp/evil", "x")), /leaves the folder/);
    for (const type of ["1", "2", "3"]) {
      await refused(archive(tarEntry("link", "", type)), /neither a file nor a folder/);
    }
    const spoiled = tarEntry("a", "x");
    spoiled[0] ^= 1;
    await refused(archive(spoiled), /checksum does not fit/);
    const large = tarEntry("a", "");
    large.write("77777777777\0", 124);
    large.write("        ", 148);
    const sum = large.reduce((total, byte) => total + byte, 0);
    large.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    await refused(archive(large), /must have at most/);
    await refused(archive(tarEntry("a", "x".repeat(5000))).subarray(0, 60), /Cannot unpack/);
    // A long file between short ones, over many chunks of the stream; and noise behind the end.
    const long = "0123456789".repeat(100_000);
    const three = archive(
      tarEntry("a", "1"),
      tarEntry("long", long),
      tarEntry("z", "2"),
      Buffer.alloc(1024),
      tarEntry("behind", "x"),
    );
    const unpacked = await unpack(three);
    assert.equal(unpacked, 3);
    assert.equal(readFileSync(join(inside, "long"), "utf8"), long);
    // A bomb: 32 MiB of zeros are 32 kB of archive.
    const bomb = archive(tarEntry("zeros", "\0".repeat(2 ** 25)));
    assert.ok(bomb.length < 2 ** 16);
    await assert.rejects(
      unpack(bomb, 2 ** 20),
      /^LabError: Cannot unpack .*: unpacked it must have at most 1048576 bytes, it has more$/,
    );
    await refused(gzipSync(tarEntry("a", "x")), /it is truncated/);
    await refused(Buffer.from("no archive"), /Cannot unpack .*a\.tgz/);
    assert.deepEqual(readdirSync(join(folder, "in")), ["side"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("downloadLfw() loads lists and images once, and again only what is missing", async () => {
  const files = new Map<string, Buffer>([
    ["lfw.tgz", archive(tarEntry("lfw/Aaron_Peirsol/Aaron_Peirsol_0001.jpg", "x"))],
    ["pairs.txt", Buffer.from("list")],
  ]);
  let requests = 0;
  await served(
    (request, response) => {
      requests++;
      response.end(files.get(String(request.url).slice(1)));
    },
    async (url, folder) => {
      const remote = [...files].map(([name, bytes]) => ({
        name,
        url: `${url}/${name}`,
        sha256: sumOf(bytes),
      }));
      const target = join(folder, "lfw");
      mkdirSync(target);
      const first = await downloadLfw(target, { files: remote });
      assert.deepEqual(first, { files: ["pairs.txt", "lfw.tgz"], already: false });
      assert.deepEqual(readdirSync(folder).sort(), ["lfw", "pairs.txt"]);
      assert.deepEqual(readdirSync(join(target, "Aaron_Peirsol")), ["Aaron_Peirsol_0001.jpg"]);
      assert.deepEqual(await downloadLfw(target, { files: remote }), { files: [], already: true });
      assert.equal(requests, 2);
      const other = join(folder, "photos");
      mkdirSync(join(other, "Ada"), { recursive: true });
      await assert.rejects(downloadLfw(other, { files: remote }), /it must be new or empty, it holds "Ada"/);
      assert.equal(requests, 2);
    },
  );
});
