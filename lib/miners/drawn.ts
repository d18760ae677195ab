import { checkMiningBatch, type MiningBatch } from "./batch";
import { TripletList, type Triplets } from "./triplets";

/**
 * The triplets that an offline sampler drew, as they are: rows 3t, 3t + 1 and 3t + 2 are anchor, positive and negative.
 *
 *   (a, p, n) = (3t, 3t + 1, 3t + 2)
 *
 * Source: offline generation in Schroff, Kalenichenko, Philbin (2015), section 3.2. Throws a RangeError for a batch of another form. Cost O(N).
 */
export function drawn(batch: MiningBatch): Triplets {
  checkMiningBatch(batch);
  const { size, labels } = batch;
  const list = new TripletList(Math.max(1, Math.floor(size / 3)));
  for (let a = 0; a < size; a += 3) {
    if (a + 2 >= size || labels[a] !== labels[a + 1] || labels[a] === labels[a + 2]) {
      throw new RangeError(
        `Cannot take the triplets as drawn: rows ${a}, ${a + 1}, ${a + 2} must be two of one identity and one of another, as an offline sampler draws them, current labels are ${labels[a]}, ${labels[a + 1]}, ${labels[a + 2]}`,
      );
    }
    list.add(a, a + 1, a + 2);
  }
  return list.toTriplets(size / 3);
}
