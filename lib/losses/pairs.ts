import type { PairIndices } from "./loss";

/** Every unordered pair i < j of a batch, N(N − 1)/2 of them, in the order (0, 1), (0, 2), …; `same` where the labels are equal. */
export function allPairs(labels: Int32Array): PairIndices {
  const n = labels.length;
  const count = n < 2 ? 0 : (n * (n - 1)) / 2;
  const pairs = {
    count,
    first: new Int32Array(count),
    second: new Int32Array(count),
    same: new Uint8Array(count),
  };
  let t = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      pairs.first[t] = i;
      pairs.second[t] = j;
      pairs.same[t] = labels[i] === labels[j] ? 1 : 0;
      t++;
    }
  }
  return pairs;
}
