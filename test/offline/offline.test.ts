import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { packageRoot } from "../../lib/core/folders";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { runOffline, withoutNetwork } from "./namespace";

const main = join(packageRoot(), "dist", "lib", "cli", "main.js");

test("runOffline() runs a program that reaches nobody", withoutNetwork, () => {
  // An address of the documentation: where there is a network, this waits or is refused by somebody; here nothing leads there.
  const code = `require("node:net").connect(80, "192.0.2.1").on("error", (e) => console.log(e.code))`;
  assert.match(runOffline(process.execPath, ["-e", code]).stdout, /ENETUNREACH/);
});

test("walk, explore, embed with the reference, and generate need no network", withoutNetwork, () =>
  inWorkplace(async (place) => {
    const run = (...args: string[]): string => {
      const ran = runOffline(process.execPath, [main, ...args, "--quiet"]);
      assert.equal(ran.status, 0, `${args[0]}: ${ran.stderr}`);
      return ran.stdout;
    };
    const at = (name: string): string => join(place, name);
    const data = await writePatterns(at("photos"), { images: 3 });
    // No face is found on them, but the detector and the reference, with their models, must work.
    const small = "--size 32 --net laptop-small --steps 2 --identities 3 --images 2".split(" ");
    run("walk", "--data", data, ...small, "--out", at("run"));
    run("explore", at("run"));
    run("embed", "--model", "reference", "--data", data, "--out", at("vectors"));
    run(
      "generate",
      "--identities",
      "1",
      "--images",
      "1",
      "--size",
      "32",
      "--threads",
      "1",
      "--out",
      at("faces"),
    );
    for (const file of ["run/report.html", "run/explore.html", "vectors/vectors.npy", "faces/manifest.csv"])
      assert.ok(existsSync(at(file)), file);
  }),
);
