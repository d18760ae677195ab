import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import test from "node:test";
import { packageRoot } from "../../lib/core/folders";
import { inFolder } from "../inFolder";

/** What a set-up with nothing installed did: what it said, whether the package's own download ran, and what is left in the cache. */
interface Outcome {
  readonly said: string;
  readonly downloaded: boolean;
  readonly left: readonly string[];
}

interface Machine {
  /** Platform and architecture. */
  readonly system?: string;
  /** The script nvidia-smi. */
  readonly driver?: string;
  /** Name of the folder of an engine that is linked and loads. */
  readonly present?: string;
}

/**
 * The step of the engine in a copy of `setup/`, with a package whose download only leaves a mark, and a Python that brings a wheel of its own in place of the
 * one that is asked for.
 */
async function provide(
  environment: Readonly<Record<string, string>>,
  { system = "linux x64", driver, present }: Machine = {},
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  await inFolder((folder) => {
    const [tfjs, mark] = [join(folder, "node_modules", "@tensorflow", "tfjs-node"), join(folder, "mark")];
    cpSync(join(packageRoot(), "setup"), join(folder, "setup"), { recursive: true });
    mkdirSync(join(tfjs, "scripts"), { recursive: true });
    writeFileSync(join(tfjs, "package.json"), "{}");
    writeFileSync(
      join(tfjs, "scripts", "install.js"),
      `require("node:fs").writeFileSync(${JSON.stringify(mark)}, "");`,
    );
    const python = join(folder, "python.mjs");
    const wheel = `import { writeFileSync } from "node:fs";
const to = process.argv.indexOf("-d");
if (to > 0) writeFileSync(process.argv[to + 1] + "/some.whl", "not the wheel");`;
    writeFileSync(python, `#!${process.execPath}\n${wheel}`, { mode: 0o755 });
    if (present !== undefined) {
      mkdirSync(join(folder, present));
      symlinkSync(join(folder, present), join(tfjs, "deps"), "dir");
      writeFileSync(join(tfjs, "index.js"), "exports.matMul = () => ({ dataSync: () => [6] });");
    }
    if (driver !== undefined) writeFileSync(join(folder, "nvidia-smi"), driver, { mode: 0o755 });
    const [platform, arch] = system.split(" ");
    const code = `for (const [name, value] of Object.entries(${JSON.stringify({ platform, arch })})) Object.defineProperty(process, name, { value });
const { provideEngine } = await import("./setup/engine.mjs");
await provideEngine().catch((error) => console.error(error.name + ": " + error.message));`;
    const { stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", code], {
      cwd: folder,
      encoding: "utf8",
      env: {
        PATH: folder + delimiter + process.env.PATH,
        PYTHON: python,
        FACENET_LAB_CACHE: join(folder, "cache"),
        ...environment,
      },
    });
    const engine = join(folder, "cache", "engine");
    outcome = {
      said: stderr,
      downloaded: existsSync(mark),
      left: existsSync(engine) ? readdirSync(engine) : [],
    };
  });
  return outcome as Outcome;
}

const windows =
  process.platform === "win32" && "its Python is a script with a first line, which Windows does not run";

const CARD = `#!${process.execPath}\nconsole.log("Card A, 535.1\\nCard B, 535.1");`;
const NO_CARD = `#!${process.execPath}\nconsole.log("No devices were found"); process.exitCode = 6;`;

test("provideEngine() deletes a wheel that is not the pinned one, and takes no other download in its place", {
  skip: windows,
}, async () => {
  for (const build of ["cpu", "gpu"]) {
    const { said, downloaded, left } = await provide({ FACENET_LAB_ENGINE: build });
    assert.match(
      said,
      /wheel is not the pinned one \(SHA-256 [0-9a-f]{64}, wanted [0-9a-f]{64}\); it was deleted/,
    );
    assert.deepEqual({ downloaded, left }, { downloaded: false, left: [] });
  }
});

test("provideEngine() takes the GPU's build where the driver names a GPU, the CPU's elsewhere, the other where it is asked for, and says why", {
  skip: windows,
}, async () => {
  const cases: [driver: string, wanted: string, reason: RegExp, wheel: string][] = [
    [CARD, "", /the GPU's build \(Card A, 535\.1; FACENET_LAB_ENGINE=cpu takes/, "tensorflow"],
    [CARD, "cpu", /the CPU's build \(FACENET_LAB_ENGINE=cpu\)/, "tensorflow-cpu"],
    [NO_CARD, "", /the CPU's build \(nvidia-smi names no GPU; FACENET_LAB_ENGINE=gpu/, "tensorflow-cpu"],
    [NO_CARD, "gpu", /the GPU's build \(FACENET_LAB_ENGINE=gpu\)/, "tensorflow"],
  ];
  for (const [driver, wanted, reason, wheel] of cases) {
    const { said } = await provide({ FACENET_LAB_ENGINE: wanted }, { driver });
    assert.match(said, reason);
    assert.match(said, new RegExp(`The downloaded ${wheel} wheel`));
  }
});

test("provideEngine() keeps an engine that loads, unless another one is asked for", {
  skip: windows,
}, async () => {
  const provideOver = (present: string, wanted: string) =>
    provide({ FACENET_LAB_ENGINE: wanted }, { driver: CARD, present });
  const [cpu, gpu] = ["tensorflow-1.0-x64", "tensorflow-1.0-gpu-x64"];
  for (const [present, wanted] of [
    [cpu, ""],
    [cpu, "cpu"],
    [gpu, "gpu"],
  ])
    assert.match((await provideOver(present, wanted)).said, /^\[[^\n]*providing the engine[^\n]*\n$/);
  assert.match((await provideOver(cpu, "gpu")).said, /The downloaded tensorflow wheel/);
  assert.match((await provideOver(gpu, "cpu")).said, /The downloaded tensorflow-cpu wheel/);
  assert.ok((await provideOver(cpu, "prebuilt")).downloaded);
});

test("provideEngine() runs the package's own download only where it is asked for, and says that nothing checks it", {
  skip: windows,
}, async () => {
  const { said, downloaded } = await provide({ FACENET_LAB_ENGINE: "prebuilt" });
  assert.match(said, /whose content nothing checks/);
  assert.match(said, /was downloaded but does not load on this machine; it was deleted/);
  assert.ok(downloaded);
  const other = await provide({ FACENET_LAB_ENGINE: "fast" });
  assert.match(
    other.said,
    /FACENET_LAB_ENGINE must be one of "cpu", "gpu", "prebuilt" or not set, current value is "fast"/,
  );
  assert.ok(!other.downloaded);
});

test("provideEngine() says on a system where it cannot build how the prebuilt engine is asked for", {
  skip: windows,
}, async () => {
  const { said, downloaded } = await provide({}, { system: "darwin arm64" });
  assert.match(said, /only on Linux x64 \(this is darwin arm64\).*FACENET_LAB_ENGINE=prebuilt/);
  assert.ok(!downloaded);
});
