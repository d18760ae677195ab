import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { parseLandmarkFile } from "../../lib/align/landmarkFile";
import { loadBackend, saveBackend } from "../../lib/backends/saved";
import { readVectorFile, writeVectorFile } from "../../lib/core/container";
import { encodeCsv } from "../../lib/core/csv";
import { matrix } from "../../lib/core/matrix";
import { decodeNpy, encodeNpy } from "../../lib/core/npy";
import { createRandom } from "../../lib/core/random";
import { readBitmapPng } from "../../lib/data/bitmapPng";
import { packOmniglot, unpackOmniglot } from "../../lib/data/omniglot";
import { parsePairList } from "../../lib/data/pairs";
import { unpackTarGz } from "../../lib/data/tar";
import { readZip } from "../../lib/data/zip";
import { decodeImage, encodeJpeg, encodePng } from "../../lib/image/codec";
import { type Raster, raster } from "../../lib/image/raster";
import { readShards, writeManifest, writeShard } from "../../lib/jobs/shards";
import { LBP_LENGTH } from "../../lib/lbp/describe";
import { highDimLbp, loadHighDimLbp, saveHighDimLbp } from "../../lib/lbp/highDimLbp";
import { buildNet } from "../../lib/nets/build";
import { readMeasured } from "../../lib/plan/readMeasured";
import { folderStore } from "../../lib/store/folderStore";
import { decodeManifest, encodeManifest } from "../../lib/synthetic/manifest";
import { plain } from "../../lib/synthetic/nuisance";
import { readCheckpoint } from "../../lib/train/checkpoint";
import { loadModel, saveModel } from "../../lib/train/modelFolder";
import { loadCalibration } from "../../lib/walk/calibrateStage";
import { parseTable } from "../../lib/walk/embeddingTable";
import { decodeMarks } from "../../lib/walk/marks";
import { invented } from "../plan/measured";
import { tinyNet, tinySettings } from "../train/fixtures";
import { bitmapPng, fittedBackend, savedCheckpoint, tarOf, webpOf } from "./samples";

/** A loader of files: valid files to start from, and how it reads one. `name` must stand in its error. */
export interface Door {
  readonly name: string;
  readonly valid: readonly Uint8Array[];
  readonly load: (bytes: Uint8Array, name: string) => unknown;
}

/** Every way for a file into the library. `folder` is a scratch folder for the doors that read paths. */
export async function openDoors(folder: string): Promise<Door[]> {
  const picture = noisyPicture(24, 20, 3);
  const inFile = (
    load: (path: string) => unknown,
    write: (path: string, bytes: Uint8Array) => void = writeFileSync,
  ): Door["load"] => {
    return (bytes, name) => {
      write(join(folder, name), bytes);
      return load(join(folder, name));
    };
  };
  const text = (load: (text: string, name: string) => unknown): Door["load"] => {
    return (bytes, name) => load(Buffer.from(bytes).toString("utf8"), name);
  };
  const image: Door["load"] = (bytes, name) => decodeImage(bytes, name);
  const items = { names: ["A/A_0001", "A/A_0002", "B/B_0001"], labels: [0, 0, 1] };
  const model = join(folder, "model");
  const net = buildNet(tinyNet, createRandom(1));
  saveModel(model, net, {
    input: { margin: 1, alignment: "similarity", template: "arcface-112" },
    mirrorAverage: true,
    training: {
      data: "test",
      identities: 2,
      images: 4,
      steps: 1,
      seconds: 1,
      settings: tinySettings,
      troubles: [],
    },
    threshold: null,
    versions: {},
  });
  net.dispose();
  const card = readFileSync(join(model, "card.json"));
  const weights = readFileSync(join(model, "weights.bin"));
  const checkpoint = savedCheckpoint(join(folder, "run"));
  const backend = join(folder, "sample.backend");
  saveBackend(backend, { backend: fittedBackend(), features: "x" });
  const lbp = join(folder, "sample.map");
  saveHighDimLbp(lbp, highDimLbp({ weights: matrix(1, LBP_LENGTH), bias: matrix(1, 1) }));
  const shards = join(folder, "shards");
  const rows = { names: ["a", "b"], identities: ["a", "b"], vectors: matrix(2, 3) };
  const shard = await writeShard(folderStore(shards), 0, rows, [{ name: "c", reason: "no picture" }]);
  await writeManifest(folderStore(shards), { model: "abc", columns: 3, images: 3, shards: [shard] });
  const manifest = readFileSync(join(shards, "manifest.json"));
  return [
    { name: "picture.jpg", valid: [await encodeJpeg(picture)], load: image },
    { name: "picture.png", valid: [await encodePng(picture)], load: image },
    { name: "picture.webp", valid: [await webpOf(picture)], load: image },
    { name: "picture.pgm", valid: [netpbm("P5", 1), netpbm("P6", 3), netpbm("P2", 1)], load: image },
    { name: "strokes.png", valid: [bitmapPng()], load: readBitmapPng },
    {
      name: "archive.zip",
      valid: [zipSync({ "a/b.txt": strToU8("hello"), "c.txt": strToU8("x".repeat(500)) })],
      load: readZip,
    },
    {
      name: "archive.tar.gz",
      valid: [gzipSync(tarOf({ "a/b.txt": "hello", "c.txt": "there" }))],
      load: inFile((path) => unpackTarGz(path, join(folder, "unpacked"))),
    },
    { name: "rows.npy", valid: [encodeNpy(matrix(3, 4, new Float32Array(12).fill(1)))], load: decodeNpy },
    {
      name: "labels.csv",
      valid: [
        Buffer.from(
          encodeCsv([
            ["identity", "age"],
            ["A", 3],
            ['"B", x', 4],
          ]),
        ),
      ],
      load: text(parseTable),
    },
    {
      name: "pairs.txt",
      valid: [
        Buffer.from("1\nA\t1\t2\nA\t1\tB\t1\n"),
        Buffer.from("first,second,same\nA/A_0001,A/A_0002,1\nA/A_0001,B/B_0001,0\n"),
      ],
      load: text((content, name) => parsePairList(content, name, items)),
    },
    {
      name: "landmarks.txt",
      valid: [Buffer.from(`A/A_0001.jpg ${Array.from({ length: 10 }, (_, i) => i * 3.5).join(" ")}\n`)],
      load: text(parseLandmarkFile),
    },
    {
      name: "manifest.csv",
      valid: [
        Buffer.from(
          encodeManifest([
            {
              file: "a/1.png",
              identity: "a",
              trueIdentity: "a",
              nuisance: plain,
              landmarks: new Float32Array(10).fill(5),
            },
          ]),
        ),
      ],
      load: text(decodeManifest),
    },
    {
      name: "marks.csv",
      valid: [
        Buffer.from(
          encodeCsv([
            ["mark", "labelled", "squared_l2", "first", "second"],
            ["wrong", "same", 1, "a", "b"],
          ]),
        ),
      ],
      load: text((content, name) =>
        decodeMarks(content, name, { first: Int32Array.of(0), second: Int32Array.of(1) }, ["a", "b"]),
      ),
    },
    {
      name: "omniglot.bin",
      valid: [
        packOmniglot({ names: ["images/X/c/1.png"], bits: new Uint8Array(105 * 14).fill(255), runs: [] }),
      ],
      load: unpackOmniglot,
    },
    { name: "card.json", valid: [card], load: loadedModel(model, "card.json", { "weights.bin": weights }) },
    { name: "weights.bin", valid: [weights], load: loadedModel(model, "weights.bin", { "card.json": card }) },
    {
      name: "calibration.json",
      valid: [Buffer.from('{"model":"x","points":[]}')],
      load: (bytes) => {
        mkdirSync(join(folder, "calibrated"), { recursive: true });
        writeFileSync(join(folder, "calibrated", "calibration.json"), bytes);
        return loadCalibration(join(folder, "calibrated", "calibration.json"), { model: "x" });
      },
    },
    {
      name: "step-00000001.ckpt",
      valid: [readFileSync(checkpoint)],
      load: inFile(readCheckpoint),
    },
    {
      name: "manifest.json",
      valid: [manifest],
      load: (bytes) => {
        writeFileSync(join(shards, "manifest.json"), bytes);
        return readShards(shards);
      },
    },
    {
      name: "plan.json",
      valid: [Buffer.from(JSON.stringify(invented))],
      load: inFile((path) => void readMeasured(path)),
    },
    // Headers under a checksum that fits: what lies behind it must hold as well.
    {
      name: "signed.ckpt",
      valid: [Buffer.from(JSON.stringify(readVectorFile(checkpoint).header))],
      load: inFile(readCheckpoint, signed),
    },
    {
      name: "backend.bin",
      valid: [readFileSync(backend)],
      load: inFile(loadBackend),
    },
    {
      name: "high-dim-lbp.map",
      valid: [readFileSync(lbp)],
      load: inFile(loadHighDimLbp),
    },
    {
      name: "signed.backend",
      valid: [Buffer.from(JSON.stringify(readVectorFile(backend).header))],
      load: inFile(loadBackend, signed),
    },
  ];
}

/** Bytes as the header of a vector file whose checksum is right: as JSON where they are JSON, else as a text. */
function signed(path: string, bytes: Uint8Array): void {
  const content = Buffer.from(bytes).toString("utf8");
  let header: unknown = content;
  try {
    header = JSON.parse(content);
  } catch {
    // A header may be any JSON value, also a text.
  }
  writeVectorFile(path, header, [new Float32Array(2), new Float32Array(4)]);
}

function loadedModel(
  model: string,
  file: string,
  others: Readonly<Record<string, Uint8Array>>,
): Door["load"] {
  return (bytes) => {
    for (const [name, content] of Object.entries(others)) writeFileSync(join(model, name), content);
    writeFileSync(join(model, file), bytes);
    loadModel(model).net.dispose();
  };
}

function noisyPicture(width: number, height: number, channels: 1 | 3): Raster {
  const random = createRandom(3);
  return raster(
    width,
    height,
    channels,
    Uint8Array.from({ length: width * height * channels }, () => random.integer(256)),
  );
}

function netpbm(kind: "P2" | "P5" | "P6", channels: 1 | 3): Buffer {
  const { data } = noisyPicture(6, 5, channels);
  const head = Buffer.from(`${kind}\n# a comment\n6 5\n255\n`);
  return Buffer.concat([head, kind === "P2" ? Buffer.from([...data].join(" ")) : Buffer.from(data)]);
}
