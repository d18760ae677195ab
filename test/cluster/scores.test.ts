import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { clusteringScores } from "../../lib/cluster/clusteringScores";
import { contingency } from "../../lib/cluster/contingency";
import { adjustedRandIndex, bcubed, pairwise } from "../../lib/cluster/countingScores";
import { clusterMistakes } from "../../lib/cluster/mistakes";
import { adjustedMutualInformation, normalizedMutualInformation } from "../../lib/cluster/mutualInformation";
import { assertClose } from "../gradients";
import { golden } from "./golden";

/** Two labels per row. */
const partitions = fc.array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 })), {
  minLength: 2,
  maxLength: 25,
});
const sides = (rows: [number, number][]): [number[], number[]] => [
  rows.map(([a]) => a),
  rows.map(([, b]) => b),
];
const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

test("clusteringScores() equals scikit-learn's AMI, NMI, ARI and pair counts, degenerate partitions included", () => {
  for (const { labels, clusters, ami, nmi, ari, pairwise: pairs } of golden.scores) {
    const ours = clusteringScores(labels, clusters);
    assertClose([ours.ami, ours.nmi, ours.ari], [ami, nmi, ari], 1e-9);
    for (const [value, theirs] of [
      [ours.pairwise.precision, pairs[0]],
      [ours.pairwise.recall, pairs[1]],
    ] as const) {
      if (theirs === null) assert.ok(Number.isNaN(value));
      else assertClose([value], [theirs], 1e-12);
    }
  }
});

test("bcubed() by hand", () => {
  // Clusters {a, a, b} and {a, b}. Precision: a in the first 2/3 (twice), b 1/3, then 1/2 and 1/2. Recall: 2/3, 2/3, 1/2, 1/3, 1/2.
  const { precision, recall, f } = bcubed([0, 0, 1, 0, 1], [7, 7, 7, 9, 9]);
  assertClose([precision, recall], [(4 / 3 + 1 / 3 + 1) / 5, (4 / 3 + 1 / 2 + 1 / 3 + 1 / 2) / 5], 1e-12);
  assertClose([f], [(2 * precision * recall) / (precision + recall)], 1e-12);
});

test("bcubed() and pairwise() equal the definition by looking at every pair of rows", () => {
  fc.assert(
    fc.property(partitions, (rows) => {
      const [labels, clusters] = sides(rows);
      const share = (of: number[], by: number[], i: number): number => {
        const group = [...of.keys()].filter((j) => of[j] === of[i]);
        return group.filter((j) => by[j] === by[i]).length / group.length;
      };
      const { precision, recall } = bcubed(labels, clusters);
      assertClose([precision], [mean(labels.map((_, i) => share(clusters, labels, i)))], 1e-12);
      assertClose([recall], [mean(labels.map((_, i) => share(labels, clusters, i)))], 1e-12);
      const pairs = rows.flatMap(([a, b], i) => rows.slice(i + 1).map(([c, d]) => [a === c, b === d]));
      const both = pairs.filter(([same, joined]) => same && joined).length;
      const joined = pairs.filter(([, together]) => together).length;
      const same = pairs.filter(([one]) => one).length;
      const ours = pairwise(labels, clusters);
      assert.deepEqual([ours.precision, ours.recall], [both / joined, both / same]);
      assert.deepEqual(ours.f, (2 * both) / (joined + same));
    }),
  );
});

test("adjustedMutualInformation() subtracts the mean mutual information over all orders of the labels", () => {
  // Oracle: all 720 permutations of six labels, each equally likely. NMI · mean entropy is the mutual information.
  const labels = [0, 0, 0, 1, 1, 2];
  const clusters = [0, 0, 1, 1, 1, 1];
  const entropy = (counts: number[]): number =>
    -counts.reduce((sum, n) => sum + (n / 6) * Math.log(n / 6), 0);
  const entropies = (entropy([3, 2, 1]) + entropy([2, 4])) / 2;
  const information = (order: number[]): number => entropies * normalizedMutualInformation(order, clusters);
  const permutations = (items: number[]): number[][] =>
    items.length === 0
      ? [[]]
      : items.flatMap((item, i) =>
          permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
        );
  const chance = mean(permutations(labels).map(information));
  const expected = (information(labels) - chance) / (entropies - chance);
  assertClose([adjustedMutualInformation(labels, clusters)], [expected], 1e-12);
});

test("scores do not change when clusters are renamed or rows reordered, and are 1 for the identities themselves", () => {
  fc.assert(
    fc.property(partitions, (rows) => {
      const [labels, clusters] = sides(rows);
      const values = (a: number[], b: number[]): number[] => {
        const { ami, nmi, ari, bcubed: cubed } = clusteringScores(a, b);
        return [ami, nmi, ari, cubed.precision, cubed.recall];
      };
      const renamed = clusters.map((c) => 10 - c);
      assertClose(values([...labels].reverse(), [...renamed].reverse()), values(labels, clusters), 1e-9);
      assertClose(
        values(
          labels,
          labels.map((l) => l + 3),
        ),
        [1, 1, 1, 1, 1],
        1e-9,
      );
    }),
  );
});

test("adjustedRandIndex() is negative for two partitions that disagree more than chance", () => {
  // Two pairs torn apart and crossed: no pair in both; chance 2·2/6, best (2 + 2)/2: (0 − 2/3) / (2 − 2/3) = −1/2.
  assertClose([adjustedRandIndex([0, 0, 1, 1], [0, 1, 0, 1])], [-0.5], 1e-12);
});

test("contingency() counts every noise row as a cluster of its own", () => {
  const { clusterSizes, clusters, cells } = contingency([0, 0, 1, 1], [-1, -1, 5, 5]);
  assert.deepEqual(
    [clusterSizes, clusters],
    [
      [1, 1, 2],
      [-1, -1, 5],
    ],
  );
  assert.equal(cells.length, 3);
  // Precision of the two noise rows is 1, recall 1/2.
  const { precision, recall } = bcubed([0, 0, 1, 1], [-1, -1, 5, 5]);
  assertClose([precision, recall], [1, 0.75], 1e-12);
});

test("contingency() refuses no rows and lists of different lengths", () => {
  assert.throws(() => contingency([], []), /one label and one cluster per row .* current values are 0 and 0/);
  assert.throws(() => contingency([1, 2], [1]), /current values are 2 and 1/);
});

test("clusterMistakes() lists torn identities and mixed clusters, worst first", () => {
  // Identity 0: 3 + 1 (3 pairs apart); identity 1: 2 + 2 (4 pairs apart); identity 2 whole. Cluster 0 holds 0, 0, 0, 1, 1: 6 wrong pairs.
  const labels = [0, 0, 0, 1, 1, 0, 1, 1, 2];
  const clusters = [0, 0, 0, 0, 0, 1, 2, 2, 1];
  const { overSplit, overMerged } = clusterMistakes(labels, clusters);
  assert.deepEqual(overSplit, [
    {
      identity: 1,
      size: 4,
      parts: [
        { cluster: 0, count: 2 },
        { cluster: 2, count: 2 },
      ],
    },
    {
      identity: 0,
      size: 4,
      parts: [
        { cluster: 0, count: 3 },
        { cluster: 1, count: 1 },
      ],
    },
  ]);
  assert.deepEqual(overMerged, [
    {
      cluster: 0,
      size: 5,
      identities: [
        { identity: 0, count: 3 },
        { identity: 1, count: 2 },
      ],
    },
    {
      cluster: 1,
      size: 2,
      identities: [
        { identity: 0, count: 1 },
        { identity: 2, count: 1 },
      ],
    },
  ]);
  assert.deepEqual(clusterMistakes([1, 2, 2], [0, 1, 1]), { overSplit: [], overMerged: [] });
});
