import assert from "node:assert/strict";
import test from "node:test";
import { loadDescriptor } from "../../lib/align/descriptor";
import { loadEngine } from "../../lib/engine/load";
import { identityOf } from "../../lib/synthetic/identity";
import { plain } from "../../lib/synthetic/nuisance";
import { buildPerson } from "../../lib/synthetic/person";
import { render } from "../../lib/synthetic/render";

test("loadDescriptor() puts one person in another light nearer than two people, and leaves no tensors", async () => {
  const descriptor = await loadDescriptor();
  const people = [100, 105].map((seed) => buildPerson(identityOf(seed)));
  const of = async (k: number, lightYaw: number): Promise<Float32Array> => {
    const { image, landmarks } = render(people[k], { ...plain, lightYaw }, { size: 128 });
    return descriptor.describe(image, landmarks);
  };
  const first = await of(0, 30);
  assert.equal(first.length, 128);
  const tensors = loadEngine().memory().numTensors;
  const l2 = (a: Float32Array, b: Float32Array): number => Math.hypot(...a.map((v, i) => v - b[i]));
  const [lit, stranger] = [l2(first, await of(0, -40)), l2(first, await of(1, 30))];
  assert.ok(lit < 0.6 && stranger > 1.5 * lit, `${lit} ${stranger}`);
  assert.equal(loadEngine().memory().numTensors, tensors);
});
