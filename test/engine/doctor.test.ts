import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { engineBuild } from "../../lib/engine/build";
import { type Diagnosis, diagnose, diagnosisText } from "../../lib/engine/doctor";
import { nvidiaGpus } from "../../lib/engine/gpu";
import { inFolder } from "../inFolder";

const windows = process.platform === "win32" && "nvidia-smi is a script with a first line here";

/** A PATH on which `nvidia-smi` says `answer` and exits with `code`. */
function pathWith(folder: string, answer: string, code = 0): string {
  const script = `#!${process.execPath}\nconsole.log(${JSON.stringify(answer)}); process.exitCode = ${code};`;
  writeFileSync(join(folder, "nvidia-smi"), script, { mode: 0o755 });
  return folder;
}

test("engineBuild() reads the build from what set-up linked", () =>
  inFolder((root) => {
    const tfjs = join(root, "node_modules", "@tensorflow", "tfjs-node");
    mkdirSync(tfjs, { recursive: true });
    assert.equal(engineBuild(root), null);
    for (const [name, kind] of [
      ["tensorflow-2.15.1-x64", "cpu"],
      ["tensorflow-2.15.1-gpu-x64", "gpu"],
    ]) {
      const other = join(root, kind);
      mkdirSync(join(other, "node_modules", "@tensorflow", "tfjs-node"), { recursive: true });
      mkdirSync(join(root, name));
      symlinkSync(join(root, name), join(other, "node_modules", "@tensorflow", "tfjs-node", "deps"), "dir");
      assert.deepEqual(engineBuild(other), { kind, tensorflow: "2.15.1" });
    }
    mkdirSync(join(tfjs, "deps"));
    assert.deepEqual(engineBuild(root), { kind: "prebuilt", tensorflow: null });
  }));

test(
  "nvidiaGpus() names what the driver names, and nothing where it does not answer",
  { skip: windows },
  () =>
    inFolder((folder) => {
      assert.deepEqual(nvidiaGpus({ PATH: folder }), []);
      assert.deepEqual(nvidiaGpus({ PATH: pathWith(folder, "Card A, 535.1\nCard B, 535.1") }), [
        "Card A, 535.1",
        "Card B, 535.1",
      ]);
      assert.deepEqual(nvidiaGpus({ PATH: pathWith(folder, "No devices were found", 6) }), []);
    }),
);

test("diagnosisText() says of every GPU whether the engine computes on it, and how it would", async () => {
  const found = await diagnose({ ...process.env, PATH: "" });
  const line = (build: Diagnosis["engine"]["build"], gpu: Diagnosis["gpu"]): string => {
    const text = diagnosisText({ ...found, engine: { ...found.engine, build }, gpu });
    return text.split("\n").find((one) => one.slice(8).startsWith("gpu ")) as string;
  };
  const devices = ["Card A, 535.1", "Card B, 535.1"];
  assert.match(line("cpu", { devices: [], used: false }), /^- .*nvidia-smi names none/);
  assert.match(
    line("cpu", { devices, used: false }),
    /^- .*Card A, 535\.1; Card B.*not used by this build \(FACENET_LAB_ENGINE=gpu npm run setup/,
  );
  assert.match(line("gpu", { devices, used: true }), /^ok .*Card A.*: the engine computes on the GPU/);
  assert.match(line("gpu", { devices, used: false }), /^MISSING .*Card A.*TF_CPP_MIN_LOG_LEVEL=0/);
});

test(
  "diagnose() finds the GPUs of the PATH that it is given, and the build of the engine",
  {
    skip: windows,
  },
  () =>
    inFolder(async (folder) => {
      const { engine, gpu } = await diagnose({ ...process.env, PATH: pathWith(folder, "Card A, 535.1") });
      assert.deepEqual(gpu.devices, ["Card A, 535.1"]);
      assert.equal(engine.build, engineBuild()?.kind ?? null);
    }),
);
