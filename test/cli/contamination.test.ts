import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import test from "node:test";
import type { ContaminationReport } from "../../lib/contamination/contamination";
import { decodeCsv } from "../../lib/core/csv";
import { packageRoot } from "../../lib/core/folders";
import { decodeImage, encodePng } from "../../lib/image/codec";
import { raster } from "../../lib/image/raster";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { quickTraining, runCli, runJson } from "./runCli";

async function contamination(...args: string[]): Promise<ContaminationReport> {
  const { code, json } = await runJson<ContaminationReport>("contamination", ...args);
  assert.equal(code, 0, JSON.stringify(json));
  return json;
}

test("contamination finds one picture under two names, says which sides it is on, and counts what it cannot read", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    copyFileSync(join(data, "Ada", "0.png"), join(data, "Flo", "copy.png"));
    writeFileSync(join(data, "Bo", "broken.png"), "no picture");
    const out = join(place, "pairs.csv");
    const { images, skipped, pairs, counts } = await contamination(
      "--data",
      data,
      "--hamming",
      "0",
      "--out",
      out,
    );
    assert.deepEqual([images, skipped.map(({ name }) => name)], [25, ["Bo/broken.png"]]);
    const [copy] = pairs.filter((pair) => pair.sameBytes);
    assert.deepEqual(
      [copy.first.name, copy.second.name, copy.sameIdentity],
      ["Ada/0.png", "Flo/copy.png", false],
    );
    assert.ok(["train", "test"].includes(copy.first.side));
    assert.equal(copy.crosses, copy.first.side !== copy.second.side);
    assert.deepEqual([counts.sameBytes, counts.differentIdentities], [1, 1]);
    const [head, first] = decodeCsv(readFileSync(out, "utf8"), out);
    assert.deepEqual(Object.fromEntries(head.map((name, i) => [name, first[i]])).bytes, "equal");
  }));

test("contamination shows pairs under two identities first, and = only where the bytes are equal", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"), { identities: ["Ada", "Bo"], images: 1 });
    const ada = join(data, "Ada", "0.png");
    copyFileSync(ada, join(data, "Ada", "again.png"));
    // The same pixels in other bytes.
    writeFileSync(
      join(data, "Bo", "alike.png"),
      Buffer.concat([readFileSync(ada), Buffer.from("a comment behind the picture")]),
    );
    const { code, out } = await runCli(["contamination", "--data", data, "--hamming", "0"]);
    assert.equal(code, 0);
    assert.deepEqual(
      out
        .split("\n")
        .filter((line) => /^ {2}/.test(line))
        .map((line) => line.trim().split(" (")[0]),
      ["Ada/0.png ~ Bo/alike.png", "Ada/again.png ~ Bo/alike.png", "Ada/0.png = Ada/again.png"],
    );
  }));

test("contamination --against shows only what two sets have in common, by picture and by name", () =>
  inWorkplace(async (place) => {
    // The picture of a person follows from the place in the list: Cy's is Bo's.
    const data = await writePatterns(join(place, "a"), { identities: ["Ada_B", "Bo"], images: 2 });
    const against = await writePatterns(join(place, "b"), { identities: ["ada b", "Cy"], images: 1 });
    // A duplicate within one set is not what is asked for.
    copyFileSync(join(data, "Bo", "1.png"), join(data, "Bo", "again.png"));
    const { pairs, sharedNames } = await contamination(
      "--data",
      data,
      "--against",
      against,
      "--hamming",
      "0",
    );
    const exact = pairs.filter((pair) => pair.sameBytes);
    assert.deepEqual(
      exact.map(({ first, second }) => [first.name, second.name]),
      [
        ["Ada_B/0.png", "ada b/0.png"],
        ["Bo/0.png", "Cy/0.png"],
      ],
    );
    assert.ok(pairs.every(({ first, second }) => first.side === "data" && second.side === "against"));
    assert.deepEqual(sharedNames, [{ first: "Ada_B", second: "ada b" }]);
  }));

test("contamination --model finds a mirrored picture, which bytes and hashes do not", () =>
  inWorkplace(async (place) => {
    const data = await writePatterns(join(place, "data"));
    const {
      width,
      height,
      data: pixels,
    } = await decodeImage(readFileSync(join(data, "Ada", "0.png")), "0.png");
    const mirrored = raster(
      width,
      height,
      3,
      pixels.map(
        (_, i) =>
          pixels[3 * (width * Math.floor(i / 3 / width) + width - 1 - (Math.floor(i / 3) % width)) + (i % 3)],
      ),
    );
    writeFileSync(join(data, "Flo", "mirrored.png"), await encodePng(mirrored));
    const trained = await runJson("train", "--data", data, ...quickTraining, "--out", join(place, "run"));
    assert.equal(trained.code, 0);
    const command = ["--data", data, "--hamming", "0"];
    const without = await contamination(...command);
    assert.deepEqual(without.pairs, []);
    // A model of 2 steps tells little apart; the mirrored picture is nearer than all others, because a mirror image is averaged in.
    const { pairs } = await contamination(
      ...command,
      "--model",
      join(place, "run", "model"),
      "--distance",
      "4",
    );
    assert.equal(pairs.length, (25 * 24) / 2);
    const nearest = pairs.reduce((least, pair) =>
      Number(pair.distance) < Number(least.distance) ? pair : least,
    );
    assert.deepEqual(
      [nearest.first.name, nearest.second.name, nearest.sameBytes],
      ["Ada/0.png", "Flo/mirrored.png", false],
    );
    const close = String(Number(nearest.distance) + 1e-6);
    const few = await contamination(...command, "--model", join(place, "run", "model"), "--distance", close);
    assert.deepEqual(few.pairs, [nearest]);
  }));

const lfw = process.env.FACENET_LAB_LFW ?? join(resolve(packageRoot(), "..", "shared", "data"), "lfw");

test(
  "contamination finds LFW's two known byte-identical pairs among the identities around them",
  {
    skip: existsSync(join(lfw, "Carlos_Beltran")) ? false : "LFW was not found",
  },
  () =>
    inWorkplace(async (place) => {
      for (const name of [
        "Carlos_Beltran",
        "Raul_Ibanez",
        "Bart_Hendricks",
        "Ricky_Ray",
        "Carla_Myers",
        "Raul_Cubas",
      ]) {
        mkdirSync(join(place, "data", name), { recursive: true });
        const file = join(name, `${name}_0001.jpg`);
        copyFileSync(join(lfw, file), join(place, "data", file));
      }
      const { pairs } = await contamination("--data", join(place, "data"));
      assert.deepEqual(
        pairs.map(({ first, second, sameBytes }) => [first.identity, second.identity, sameBytes]),
        [
          ["Bart_Hendricks", "Ricky_Ray", true],
          ["Carlos_Beltran", "Raul_Ibanez", true],
        ],
      );
    }),
);
