import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import test from "node:test";
import { computesOnGpu } from "../../lib/engine/gpu";
import { loadEngine } from "../../lib/engine/load";
import type { Computed } from "./gpuStep";

function computed(env: Readonly<Record<string, string>>): Computed {
  const script = join(__dirname, "gpuStep.js");
  const out = execFileSync(process.execPath, [script], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    maxBuffer: 1 << 28,
  });
  return JSON.parse(out) as Computed;
}

/** The largest difference, as a share of the largest value. */
function apart(a: readonly number[], b: readonly number[]): number {
  assert.equal(a.length, b.length);
  const largest = (values: readonly number[]): number =>
    values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = largest(b);
  assert.ok(scale > 0);
  return largest(a.map((value, i) => value - b[i])) / scale;
}

/** NaN is further apart than anything. */
function assertNear(a: Computed, b: Computed): void {
  for (const part of ["gradients", "losses", "embeddings"] as const)
    assert.ok(apart(a[part], b[part]) < 1e-3, `${part} must agree within 0.1 %`);
}

const hidden = { CUDA_VISIBLE_DEVICES: "-1" };
const skip = computesOnGpu(loadEngine())
  ? false
  : "skipped: the engine finds no NVIDIA GPU (npx facenet-lab doctor)";

test("gradients, training steps and embeddings on a GPU are those of the CPU within 0.1 %", { skip }, () => {
  const [onGpu, onCpu] = [computed({}), computed(hidden)];
  assert.deepEqual([onGpu.gpu, onCpu.gpu], [true, false]);
  assertNear(onGpu, onCpu);
});

test("the comparison of devices finds a CPU equal to itself, and tells what is 1 % off or no number", () => {
  // Negative control, also where there is no GPU.
  const onCpu = computed(hidden);
  assert.equal(onCpu.gpu, false);
  assertNear(onCpu, computed(hidden));
  for (const wrong of [1.01, Number.NaN]) {
    const embeddings = onCpu.embeddings.map((value) => value * wrong);
    assert.throws(() => assertNear({ ...onCpu, embeddings }, onCpu), /embeddings must agree/);
  }
});
