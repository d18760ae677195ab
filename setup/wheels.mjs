// libtensorflow out of wheels of the Python package index, each pinned by its SHA-256. The GPU's build is the wheel "tensorflow" with those of its extra "and-cuda" that libtensorflow
// opens; it opens none of the others (profiler, compilers, random numbers, several GPUs). All lie where libtensorflow's run path looks: ../nvidia/*/lib.
import { createHash } from "node:crypto";
import { createReadStream, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { cached } from "./cache.mjs";
import { findPython } from "./python.mjs";
import { root, run, SetupError, say } from "./steps.mjs";

/** A table of wheels: name, version, megabytes, SHA-256. */
const table = (text) =>
  text
    .trim()
    .split("\n")
    .map((line) => line.split(/\s+/));

/** Per build: the disk space that it takes while it is made, and its wheels. */
export const builds = {
  cpu: {
    disk: "1.5 GB",
    wheels: table(`
tensorflow-cpu            2.15.1      207  54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26`),
  },
  gpu: {
    disk: "5 GB",
    wheels: table(`
tensorflow                2.15.1      475  bb0edd69103c154245c5f209f0507355cc68ba7e4de350084bc31edc562478e4
nvidia-cublas-cu12        12.2.5.6    418  f448d8db463f9a2c7dd9a1e607c0961d3e95f825b86839c5882f7d073d406df0
nvidia-cuda-runtime-cu12  12.2.140      1  acb9cb7e44594a3512533497ea790d9f0b0e399abcc888584c157d1ffa080e41
nvidia-cudnn-cu12         8.9.4.25    720  9f882d5b11753c566fd32427839089eb4f8ba7a58c28446ad359e32c40229723
nvidia-cufft-cu12         11.0.8.103   99  72e961e578f9be9e316ccb4db8652c421dd0b57442624faa71061d452f449a67
nvidia-cusolver-cu12      11.5.2.141  125  5a85c4653ce34339a5688137f494a0f903e0f0532418550998167f00844161da
nvidia-cusparse-cu12      12.1.2.141  195  4e13d6a51d2303dcb2a023ba09546811161f0334fc64e13689397bbd3b1eb126
nvidia-nvjitlink-cu12     12.2.140     20  95635cafbf9f96c38bea5200ab145a2e6aefbb5405e0b04c1e4ba54df2d84ec9`),
  },
};

/** `engine/tensorflow-VERSION[-gpu]-ARCH/{include,lib}` in the cache, with `nvidia/` beside them in the GPU's build. lib/engine/build.ts reads the name. */
export function stageLibrary(build) {
  const { wheels, disk } = builds[build];
  const [[, version]] = wheels;
  const name = ["tensorflow", version, ...(build === "gpu" ? ["gpu"] : []), process.arch].join("-");
  return cached(name, async (work) => {
    const staged = join(work, "staged");
    for (const wheel of wheels) await unpackWheel(work, staged, wheel, disk);
    return staged;
  });
}

async function unpackWheel(work, staged, [name, version, megabytes, sha256], disk) {
  say(`  downloading ${name} ${version} (${megabytes} MB) from the Python package index …`);
  const python = findPython();
  const options = ["-q", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"];
  const platforms = ["manylinux_2_17_x86_64", "manylinux1_x86_64"].flatMap((tag) => ["--platform", tag]);
  const args = [...options, "--python-version", "311", ...platforms, "-d", work, `${name}==${version}`];
  run("wheel", python, ["-m", "pip", "download", ...args], {
    advice: `${name} could not be downloaded: check the network, the Python package index setting and the free disk space (${disk}), then run the command again`,
  });
  const wheel = join(work, readdirSync(work).find((file) => file.endsWith(".whl")) ?? "none.whl");
  const hash = createHash("sha256");
  await pipeline(createReadStream(wheel), hash);
  const sum = hash.digest("hex");
  if (sum !== sha256) {
    throw new SetupError(
      `The downloaded ${name} wheel is not the pinned one (SHA-256 ${sum}, wanted ${sha256}); it was deleted. Check the package index setting.`,
    );
  }
  run("unpack", python, [join(root, "setup", "unpack_wheel.py"), wheel, staged], {
    advice: `The wheel of ${name} could not be unpacked: check the free disk space (${disk})`,
  });
  rmSync(wheel);
}
