import { createRandom } from "../../lib/core/random";
import type { Sampler } from "../../lib/samplers/sampler";

type Make = (random: ReturnType<typeof createRandom>) => Sampler;

/** The batches that a sampler draws after `before` batches, and those of one that was restored at that point, as a checkpoint does it. */
export function continued(make: Make, before: number, after: number): [Int32Array[], Int32Array[]] {
  const random = createRandom(7);
  const original = make(random);
  draw(original, before);
  // Through JSON, as a file would hold it.
  const saved = JSON.parse(JSON.stringify({ sampler: original.state(), random: random.state() }));
  const expected = draw(original, after);
  const resumed = make(createRandom(saved.random));
  resumed.restore(saved.sampler);
  return [expected, draw(resumed, after)];
}

export function draw(sampler: Sampler, count: number): Int32Array[] {
  return Array.from({ length: count }, () => sampler.next());
}
