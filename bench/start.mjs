// How long a reader waits: import of the package, first embedding, first answer of a notebook, a start when everything is set up; beside Python and PyTorch.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { venvProgram } from "../setup/python.mjs";
import { root } from "../setup/steps.mjs";

export const title = "Starting: import, first embedding, notebook kernel, second npm start";

const IMPORT = 'const lab = require("facenet-lab");';
const FIRST = `${IMPORT}
const spec = lab.laptopNet();
const net = lab.buildNet(spec, lab.createRandom(1));
const data = new Uint8Array(spec.inputSize ** 2 * 3);
const crops = { size: spec.inputSize, channels: 3, data, labels: Int32Array.of(0), names: ["0"], identities: ["0"] };
lab.embedCrops(net, crops);`;
const CELLS = {
  tslab: 'import * as lab from "facenet-lab";\nlab.laptopNet().name',
  python3: "1 + 1",
};
/** What the import reads, relative to the package. */
const READ = [
  "dist/lib",
  ...["sharp", "@img", "zod", "fflate", "ml-matrix", "semver", "detect-libc"].map(
    (name) => `node_modules/${name}`,
  ),
];

function runNode(...args) {
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot run node ${args[0]}: ${stderr.trim().slice(-300)}`);
}

/** Rounds of both sides in turn. */
export async function run({ lab, rounds, startPeer, seconds }) {
  const peer = await startPeer("start.py", [JSON.stringify(lab.laptopNet())]);
  const kernels = await startPeer("startKernel.py", [join(root, "notebooks")], {
    python: venvProgram("python"),
  });
  const folder = mkdtempSync(join(tmpdir(), "facenet-lab-bench-"));
  const walk = ["--no-lab", "--data", "omniglot", "--steps", "20", "--out", join(folder, "walk")];
  const cold = JSON.stringify([...READ.map((path) => join(root, path)), "torch"]);
  const peerRuns = (what) => async () => (await peer.ask(`run ${what}`)).seconds;
  const kernel = (name) => async () =>
    (await kernels.ask(JSON.stringify({ kernel: name, cell: CELLS[name] }))).seconds;
  const node =
    (...args) =>
    () =>
      seconds(() => runNode(...args));
  const jobs = {
    "node -e 0": node("-e", "0"),
    "python -c 0": peerRuns("nothing"),
    'require("facenet-lab"), files not in the cache': node("-e", IMPORT),
    "import torch, files not in the cache": peerRuns("import"),
    'require("facenet-lab")': node("-e", IMPORT),
    "import torch": peerRuns("import"),
    "facenet-lab: to the first embedding": node("-e", FIRST),
    "PyTorch: to the first embedding": peerRuns("embed"),
    "tslab kernel: to the answer of a first cell that imports facenet-lab": kernel("tslab"),
    "Python kernel: to the answer of a first cell": kernel("python3"),
    "npm start -- --no-lab, everything set up, walk finished": node(
      join(root, "setup", "start.mjs"),
      ...walk,
    ),
  };
  const times = Object.fromEntries(Object.keys(jobs).map((name) => [name, []]));
  try {
    // The first round sets up, walks, and warms everything up; it is not kept.
    for (let round = -1; round < rounds; round++) {
      for (const [name, job] of Object.entries(jobs)) {
        if (name.includes("not in the cache")) await peer.ask(`forget ${cold}`);
        const spent = await job();
        if (round >= 0) times[name].push(spent);
      }
    }
  } finally {
    peer.stop();
    kernels.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const ratio = (name, ours, theirs) => ({
    name,
    of: times[ours],
    to: times[theirs],
    meaning: `${ours} to ${theirs}`,
  });
  return {
    ratios: [
      ratio("import-to-torch", 'require("facenet-lab")', "import torch"),
      ratio(
        "import-cold-to-torch",
        'require("facenet-lab"), files not in the cache',
        "import torch, files not in the cache",
      ),
      ratio(
        "first-embedding-to-torch",
        "facenet-lab: to the first embedding",
        "PyTorch: to the first embedding",
      ),
      ratio(
        "kernel-to-python",
        "tslab kernel: to the answer of a first cell that imports facenet-lab",
        "Python kernel: to the answer of a first cell",
      ),
    ],
    times,
    notes: [
      "Whole processes, from their start to their end (kernels: to the answer). Importing facenet-lab does not load TensorFlow: the first embedding does.",
      "Not in the cache: the packages' files were dropped from the system's file cache before, as far as no other process had them mapped.",
    ],
    versions: { ...peer.hello.versions, ...kernels.hello.versions },
  };
}
