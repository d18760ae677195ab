import { type Contingency, contingency } from "./contingency";

/**
 * Normalised mutual information of identities and clusters: MI / mean of the two entropies, in [0, 1]. It grows with the number of clusters by
 * chance alone; {@link adjustedMutualInformation} does not. Two partitions of one group each agree: 1.
 *
 * Source: Strehl and Ghosh (2002), with the arithmetic mean of the entropies in place of the geometric one (as scikit-learn).
 */
export function normalizedMutualInformation(labels: ArrayLike<number>, clusters: ArrayLike<number>): number {
  return normalizedInformationOf(contingency(labels, clusters));
}

/** {@link normalizedMutualInformation} of a table that is already counted. */
export function normalizedInformationOf(table: Contingency): number {
  const entropies = meanEntropy(table);
  return entropies === 0 ? 1 : Math.max(0, mutualInformation(table)) / entropies;
}

/**
 * Mutual information, adjusted for chance: (MI − E[MI]) / (mean entropy − E[MI]); 1 is perfect, 0 is chance. E[MI] is exact, over all
 * partitions with the same sizes of groups (the hypergeometric model). Two partitions of one group each, and two of singles only, agree: 1.
 *
 * Source: Vinh, Epps, Bailey (2010), Eq. 24 for E[MI]; the arithmetic mean of the entropies (their AMI_sum), as scikit-learn.
 * Cost O(A · B · s) for A and B *different* sizes of identities and clusters and sizes up to s, whatever their number.
 */
export function adjustedMutualInformation(labels: ArrayLike<number>, clusters: ArrayLike<number>): number {
  return adjustedInformationOf(contingency(labels, clusters));
}

/** {@link adjustedMutualInformation} of a table that is already counted. */
export function adjustedInformationOf(table: Contingency): number {
  const { rows, identitySizes, clusterSizes } = table;
  const [identities, clusters] = [identitySizes.length, clusterSizes.length];
  if (identities === clusters && (identities === 1 || identities === rows)) return 1;
  if (identities === 1 || clusters === 1) return 0;
  const expected = expectedMutualInformation(identitySizes, clusterSizes, rows);
  // With singles only on one side, MI and its expectation are one number up to rounding: chance.
  const gain = mutualInformation(table) - expected;
  return Math.abs(gain) < 1e-12 ? 0 : gain / (meanEntropy(table) - expected);
}

/** In nats. */
function mutualInformation({ rows, cells, identitySizes, clusterSizes }: Contingency): number {
  let sum = 0;
  for (const { identity, cluster, count } of cells) {
    sum += (count / rows) * Math.log((count * rows) / (identitySizes[identity] * clusterSizes[cluster]));
  }
  return sum;
}

function meanEntropy({ rows, identitySizes, clusterSizes }: Contingency): number {
  const entropy = (sizes: readonly number[]): number =>
    sizes.reduce((sum, n) => sum - (n / rows) * Math.log(n / rows), 0);
  return (entropy(identitySizes) + entropy(clusterSizes)) / 2;
}

/** E[MI] in nats: Σ over sizes a, b and overlaps n of (n/N)·ln(nN/ab)·P(n), P hypergeometric. Groups of equal size share one term. */
function expectedMutualInformation(a: readonly number[], b: readonly number[], rows: number): number {
  const factorial = logFactorials(rows);
  const [sizesA, sizesB] = [sizeCounts(a), sizeCounts(b)];
  let sum = 0;
  for (const [sizeA, countA] of sizesA) {
    for (const [sizeB, countB] of sizesB) {
      const fixed =
        factorial[sizeA] +
        factorial[sizeB] +
        factorial[rows - sizeA] +
        factorial[rows - sizeB] -
        factorial[rows];
      let term = 0;
      for (let n = Math.max(1, sizeA + sizeB - rows); n <= Math.min(sizeA, sizeB); n++) {
        const overlap = factorial[n] + factorial[sizeA - n] + factorial[sizeB - n];
        const probability = Math.exp(fixed - overlap - factorial[rows - sizeA - sizeB + n]);
        term += (n / rows) * Math.log((n * rows) / (sizeA * sizeB)) * probability;
      }
      sum += countA * countB * term;
    }
  }
  return sum;
}

function sizeCounts(sizes: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1);
  return counts;
}

function logFactorials(most: number): Float64Array {
  const result = new Float64Array(most + 1);
  for (let n = 2; n <= most; n++) result[n] = result[n - 1] + Math.log(n);
  return result;
}
