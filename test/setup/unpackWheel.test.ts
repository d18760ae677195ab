import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { packageRoot } from "../../lib/core/folders";
import { inFolder } from "../inFolder";

const python = process.env.PYTHON ?? "python3";
const skip = spawnSync(python, ["--version"]).status === 0 ? false : `skipped: no ${python}`;
const WRITE = "import sys, zipfile\nfor n in sys.argv[2:]: zipfile.ZipFile(sys.argv[1], 'a').writestr(n, n)";

/** Unpacks a wheel of files that hold their own names; returns how the script ended. */
function unpack(folder: string, members: readonly string[]): { status: number | null; said: string } {
  const wheel = join(folder, `${members[0].split("/")[0]}.whl`);
  assert.equal(spawnSync(python, ["-c", WRITE, wheel, ...members]).status, 0);
  const script = join(packageRoot(), "setup", "unpack_wheel.py");
  const { status, stderr } = spawnSync(python, [script, wheel, join(folder, "out")], { encoding: "utf8" });
  return { status, said: stderr.trim() };
}

test(
  "unpack_wheel.py puts libraries and headers where libtensorflow and the compiler look for them, and nothing else",
  {
    skip,
  },
  () =>
    inFolder((folder) => {
      const tensorflow = [
        "libtensorflow_cc.so.2",
        "libtensorflow_framework.so.2",
        "include/tensorflow/c/c_api.h",
        "include/tensorflow/core/other.h",
        "python/code.py",
      ];
      const nvidia = ["cublas/lib/libcublas.so.12", "cublas/include/cublas.h", "__init__.py"];
      const done = { status: 0, said: "" };
      assert.deepEqual(
        unpack(
          folder,
          tensorflow.map((name) => `tensorflow/${name}`),
        ),
        done,
      );
      assert.deepEqual(
        unpack(
          folder,
          nvidia.map((name) => `nvidia/${name}`),
        ),
        done,
      );
      const files = readdirSync(join(folder, "out"), { recursive: true }) as string[];
      assert.deepEqual(files.filter((path) => /\.(so|h|py)/.test(path)).sort(), [
        "include/tensorflow/c/c_api.h",
        "lib/libtensorflow.so",
        "lib/libtensorflow.so.2",
        "lib/libtensorflow.so.2.9.1",
        "lib/libtensorflow_cc.so.2",
        "lib/libtensorflow_framework.so",
        "lib/libtensorflow_framework.so.2",
        "nvidia/cublas/lib/libcublas.so.12",
      ]);
      const half = unpack(folder, ["half/code.py", "tensorflow/libtensorflow_framework.so.2"]);
      assert.deepEqual(half, { status: 1, said: "the wheel does not hold libtensorflow_cc.so.2" });
      assert.deepEqual(unpack(folder, ["other/code.py"]), { status: 1, said: "the wheel holds no library" });
    }),
);
