import assert from "node:assert/strict";
import test from "node:test";
import { agglomerative } from "../../lib/cluster/agglomerative";
import { clusteringScores } from "../../lib/cluster/clusteringScores";
import { clusterScores } from "../../lib/cluster/clusterScores";
import { adjustedRandIndex } from "../../lib/cluster/countingScores";
import { cutAt, cutInto } from "../../lib/cluster/dendrogram";
import { hdbscan } from "../../lib/cluster/hdbscan";
import { matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { assertClose } from "../gradients";

test("clusterScores() asks k-means and the tree for as many clusters as identities, at the threshold that it reports", () => {
  const { x, labels } = clusteredEmbeddings(11, 90, 9, 6, 0.5);
  const {
    identities,
    kmeans,
    agglomerative: tree,
  } = clusterScores(x, labels, createRandom(1), { linkage: "ward" });
  assert.deepEqual([identities, kmeans.clusters, tree.clusters, tree.linkage], [9, 9, 9, "ward"]);
  const whole = agglomerative(x, { linkage: "ward" });
  // The threshold is the height of the first join that is not made.
  assert.deepEqual(cutAt(whole, tree.threshold), cutInto(whole, 9));
  assert.equal(adjustedRandIndex(labels, cutInto(whole, 9)), tree.ari);
});

test("clusterScores() is perfect for identities that lie apart, and does not look at the labels to cluster", () => {
  const { x, labels } = clusteredEmbeddings(8, 60, 4, 16, 0.05);
  const scores = clusterScores(x, labels, createRandom(2));
  assertClose([scores.kmeans.ami, scores.agglomerative.ami], [1, 1], 1e-12);
  const shuffled = createRandom(3).shuffle(labels.slice());
  const chance = clusterScores(x, shuffled, createRandom(2));
  assert.equal(chance.kmeans.inertia, scores.kmeans.inertia);
  assert.ok(Math.abs(chance.agglomerative.ami) < 0.15);
});

test("clusterScores() scores HDBSCAN with noise rows as clusters of their own", () => {
  const { x, labels } = clusteredEmbeddings(11, 90, 9, 6, 0.5);
  const { hdbscan: found } = clusterScores(x, labels, createRandom(1), { smallest: 4 });
  const clusters = hdbscan(x, { smallest: 4 });
  const noise = clusters.filter((cluster) => cluster === -1).length;
  assert.ok(noise > 0);
  assert.deepEqual(found, { ...clusteringScores(labels, clusters), smallest: 4, noise });
  assert.equal(found.clusters, noise + Math.max(...clusters) + 1);
  assert.equal(clusterScores(matrixFromRows([[1]]), [0], createRandom(1)).hdbscan.noise, 1);
});

test("clusterScores() of one identity and of all alone; refuses missing labels, NaN and too many rows", () => {
  const x = matrixFromRows([[0], [1], [5]]);
  const one = clusterScores(x, [4, 4, 4], createRandom(1));
  assert.deepEqual([one.kmeans.ami, one.agglomerative.threshold], [1, Number.POSITIVE_INFINITY]);
  assert.equal(clusterScores(x, [1, 2, 3], createRandom(1)).agglomerative.bcubed.f, 1);
  assert.throws(() => clusterScores(x, [1], createRandom(1)), /3 labels are needed, current value is 1/);
  assert.throws(() => clusterScores(x, [1, 1, 2], createRandom(1), { mostRows: 2 }), /current value is 3/);
  const odd = matrixFromRows([[0], [Number.NaN]]);
  assert.throws(() => clusterScores(odd, [1, 2], createRandom(1)), /row 1 column 0 is NaN/);
});
