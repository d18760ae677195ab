import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { packageRoot } from "../../lib/core/folders";
import { inFolder } from "../inFolder";

test("cached() removes the temporary folders of set-ups that were stopped, and no others", () =>
  inFolder((folder) => {
    cpSync(join(packageRoot(), "setup"), join(folder, "setup"), { recursive: true });
    const engine = join(folder, "cache", "engine");
    const { pid: dead } = spawnSync(process.execPath, ["--version"]);
    const running = `.work-${process.pid}-${hostname()}-abcdef`;
    const elsewhere = `.work-${dead}-another-machine-abcdef`;
    const old = [".work-abcdef", `.work-${process.pid}-another-machine-ghijkl`];
    for (const name of [`.work-${dead}-${hostname()}-abcdef`, running, elsewhere, ...old])
      mkdirSync(join(engine, name, "gigabytes"), { recursive: true });
    for (const name of old) utimesSync(join(engine, name), 1e9, 1e9);
    const code = `import { mkdirSync } from "node:fs";
const { cached } = await import("./setup/cache.mjs");
await cached("made", (work) => {
  console.log(work);
  mkdirSync(work + "/new");
  return work + "/new";
});`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", code], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, FACENET_LAB_CACHE: join(folder, "cache") },
    });
    assert.match(stdout, /\.work-\d+-/, stderr);
    assert.deepEqual(readdirSync(engine).sort(), ["made", running, elsewhere].sort());
  }));
