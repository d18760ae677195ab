// Which engine is provided: FACENET_LAB_ENGINE says it, else the GPU's build where an NVIDIA driver answers, and the CPU's everywhere else.
import { attempt, SetupError } from "./steps.mjs";

const CHOICES = ["cpu", "gpu", "prebuilt"];

/** `wanted` names the engine that the user asked for (undefined: any that works will do), `build` the one to provide, `why` the reason. Throws a SetupError on another name. */
export function chooseEngine() {
  const wanted = process.env.FACENET_LAB_ENGINE || undefined;
  if (wanted === undefined) {
    const gpu = findGpu();
    return gpu
      ? { build: "gpu", why: `${gpu}; FACENET_LAB_ENGINE=cpu takes the CPU's` }
      : { build: "cpu", why: "nvidia-smi names no GPU; FACENET_LAB_ENGINE=gpu takes the GPU's" };
  }
  if (CHOICES.includes(wanted)) return { wanted, build: wanted, why: `FACENET_LAB_ENGINE=${wanted}` };
  const names = CHOICES.map((name) => `"${name}"`).join(", ");
  throw new SetupError(
    `Cannot provide the engine: FACENET_LAB_ENGINE must be one of ${names} or not set, current value is "${wanted}".`,
  );
}

/** The first NVIDIA GPU and its driver, or undefined. The same question as in lib/engine/gpu.ts. */
function findGpu() {
  const question = ["--query-gpu=name,driver_version", "--format=csv,noheader"];
  const { ok, output } = attempt("nvidia-smi", question, { timeout: 20_000 });
  return (ok && output.trim().split("\n")[0]) || undefined;
}
