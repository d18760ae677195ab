import { cpus } from "node:os";
import { computesOnGpu, nvidiaGpus } from "./gpu";
import { loadEngine } from "./load";

/** What decides the last bits of a training step: engine, the library below it, Node, and the processor or GPU, by which that library chooses its kernels. */
export function engineVersions(): Record<string, string> {
  const tf = loadEngine();
  const { binding } = tf.backend() as unknown as { binding?: { TF_Version?: string } };
  const processor = cpus()[0]?.model.trim() || process.arch;
  return {
    "tfjs-node": tf.version["tfjs-node"],
    libtensorflow: binding?.TF_Version ?? "unknown",
    node: process.versions.node,
    processor: computesOnGpu(tf) ? (nvidiaGpus()[0] ?? "an NVIDIA GPU") : processor,
  };
}
