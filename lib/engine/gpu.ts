import { execFileSync } from "node:child_process";
import type { Tf } from "./load";

/** NVIDIA's GPUs on this machine, each "name, version of the driver"; none where no driver answers. The same question as in setup/choice.mjs. */
export function nvidiaGpus(env: NodeJS.ProcessEnv = process.env): string[] {
  try {
    const answer = execFileSync("nvidia-smi", ["--query-gpu=name,driver_version", "--format=csv,noheader"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 20_000,
      env,
    });
    return answer.split("\n").filter((line) => line.trim() !== "");
  } catch {
    return [];
  }
}

/** Whether the engine keeps its tensors on a GPU. Operations are never pinned to a device: TensorFlow runs each on the GPU where it has a kernel for it there. */
export function computesOnGpu(tf: Tf): boolean {
  return (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
}
