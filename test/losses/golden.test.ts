/**
 * Golden: losses and gradients of pytorch-metric-learning 2.9.0 (torch 2.14.1) on two batches: free vectors (10 × 6), and unit vectors
 * (13 × 6) with an identity of a single row. Made by `python test/golden/metricLearningLosses.py` on 2026-11-25. Where theirs differs by
 * definition the test's comment says how.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { packageRoot } from "../../lib/core/folders";
import { matrix } from "../../lib/core/matrix";
import { arcFaceLoss } from "../../lib/losses/arcFace";
import { circleLoss } from "../../lib/losses/circle";
import { contrastiveLoss } from "../../lib/losses/contrastive";
import { cosFaceLoss } from "../../lib/losses/cosFace";
import { liftedStructureLoss } from "../../lib/losses/liftedStructure";
import type { HeadLossResult, LossResult } from "../../lib/losses/loss";
import { multiSimilarityLoss } from "../../lib/losses/multiSimilarity";
import { normalizedSoftmaxLoss } from "../../lib/losses/normalizedSoftmax";
import { ntXentLoss } from "../../lib/losses/ntXent";
import { allPairs } from "../../lib/losses/pairs";
import { sphereFaceLoss } from "../../lib/losses/sphereFace";
import { supervisedContrastiveLoss } from "../../lib/losses/supervisedContrastive";
import { tripletLoss } from "../../lib/losses/triplet";
import { allTriplets } from "../../lib/miners/allTriplets";
import { assertClose } from "../gradients";

interface GoldenBatch {
  readonly labels: number[];
  readonly embeddings: number[];
  readonly weights: number[];
  readonly cases: Readonly<Record<string, { loss: number; gradient: number[]; weightGradient?: number[] }>>;
}

const { batches } = JSON.parse(
  readFileSync(join(packageRoot(), "test", "golden", "metricLearningLosses.json"), "utf8"),
) as { batches: Readonly<Record<"free" | "unit", GoldenBatch>> };

/** `factor` × ours equals theirs, loss and gradients. */
function assertGolden(
  theirs: { loss: number; gradient: number[]; weightGradient?: number[] },
  ours: LossResult | HeadLossResult,
  factor: number = 1,
): void {
  const scaled = (values: Float32Array): Float64Array => Float64Array.from(values, (v) => factor * v);
  assertClose([factor * ours.loss], [theirs.loss], 1e-7);
  assertClose(scaled(ours.gradient.data), theirs.gradient, 2e-7);
  if (theirs.weightGradient) {
    assertClose(scaled((ours as HeadLossResult).weightGradient.data), theirs.weightGradient, 2e-7);
  }
}

/** Every triplet of a batch; the miner needs distances only to know the size. */
function everyTriplet(labels: Int32Array) {
  const size = labels.length;
  return allTriplets({ size, distances: new Float32Array(size * size), labels, dimension: 4 });
}

for (const [name, { cases, ...batch }] of Object.entries(batches)) {
  const labels = Int32Array.from(batch.labels);
  const x = matrix(labels.length, 6, Float32Array.from(batch.embeddings));
  const w = matrix(4, 6, Float32Array.from(batch.weights));
  const pairs = allPairs(labels);
  const triplets = everyTriplet(labels);
  /** Rows that have a positive, as a share of all. */
  const paired =
    labels.filter((y, i) => labels.some((other, j) => j !== i && other === y)).length / labels.length;

  test(`tripletLoss() agrees with TripletMarginLoss on squared L2: ${name}`, () => {
    // Theirs: LpDistance(normalize_embeddings=False, power=2); AvgNonZeroReducer is meanActive.
    assertGolden(cases.triplet, tripletLoss(x, triplets, { margin: 0.2 }));
    assertGolden(cases.tripletMean, tripletLoss(x, triplets, { margin: 0.2, reduction: "mean" }));
  });

  test(`tripletLoss() with the soft margin agrees with smooth_loss at margin 0: ${name}`, () => {
    assertGolden(cases.tripletSoft, tripletLoss(x, triplets, { margin: "soft", reduction: "mean" }));
  });

  test(`contrastiveLoss() agrees with ContrastiveLoss on positive pairs: ${name}`, () => {
    // Theirs: power=2, sum over ordered pairs, so twice the sum over i < j; neg_margin=0 leaves only d² of the positives.
    const same = Uint8Array.from(pairs.same);
    const keep = Array.from(pairs.first.keys()).filter((t) => same[t] === 1);
    const positive = {
      count: keep.length,
      first: Int32Array.from(keep, (t) => pairs.first[t]),
      second: Int32Array.from(keep, (t) => pairs.second[t]),
      same: new Uint8Array(keep.length).fill(1),
    };
    assertGolden(
      cases.contrastivePositive,
      contrastiveLoss(x, positive, { half: false, reduction: "sum" }),
      2,
    );
  });

  test(`contrastiveLoss() agrees with ContrastiveLoss once that squares d and the hinge, and not before: ${name}`, () => {
    // Theirs is d and max(0, m − d) (power=1), or d² and max(0, m − d²) (power=2): never the classic max(0, m − d)².
    const ours = contrastiveLoss(x, pairs, { margin: 1.5, half: false, reduction: "sum" });
    assertGolden(cases.contrastive, ours, 2);
    assert.throws(() => assertGolden(cases.contrastiveUnsquaredHinge, ours, 2));
  });

  test(`normalizedSoftmaxLoss() agrees with NormalizedSoftmaxLoss at scale = 1 / temperature: ${name}`, () => {
    assertGolden(cases.normalizedSoftmax, normalizedSoftmaxLoss(x, labels, w, { scale: 16 }));
  });

  test(`cosFaceLoss() agrees with CosFaceLoss: ${name}`, () => {
    assertGolden(cases.cosFace, cosFaceLoss(x, labels, w, { margin: 0.35, scale: 16 }));
  });

  test(`arcFaceLoss() agrees with ArcFaceLoss, whose margin is in degrees, also where θ + m exceeds π: ${name}`, () => {
    const radians = (degrees: number): number => (degrees * Math.PI) / 180;
    assertGolden(cases.arcFace, arcFaceLoss(x, labels, w, { margin: radians(28.6), scale: 16 }));
    assertGolden(cases.arcFaceWide, arcFaceLoss(x, labels, w, { margin: radians(80), scale: 4 }));
  });

  test(`sphereFaceLoss() agrees with SphereFaceLoss: ${name}`, () => {
    // Theirs has no annealing: λ = 0; its scale 1 leaves ‖x‖ as it is.
    assertGolden(cases.sphereFace, sphereFaceLoss(x, labels, w, { margin: 4 }));
    assertGolden(cases.sphereFace3, sphereFaceLoss(x, labels, w, { margin: 3 }));
  });

  test(`multiSimilarityLoss() agrees with MultiSimilarityLoss: ${name}`, () => {
    assertGolden(cases.multiSimilarity, multiSimilarityLoss(x, labels, { alpha: 2, beta: 50, base: 0.5 }));
  });

  test(`supervisedContrastiveLoss() agrees with SupConLoss: ${name}`, () => {
    // Theirs with MeanReducer divides by all anchors, ours by those with a positive.
    assertGolden(
      cases.supervisedContrastive,
      supervisedContrastiveLoss(x, labels, { temperature: 0.1 }),
      paired,
    );
  });

  test(`ntXentLoss() agrees with NTXentLoss: ${name}`, () => {
    assertGolden(cases.ntXent, ntXentLoss(x, labels, { temperature: 0.1 }));
  });

  test(`liftedStructureLoss() agrees with LiftedStructureLoss and not with the generalised one: ${name}`, () => {
    // Theirs is the mean over ordered pairs of ½ max(0, J)²: the same as ours over i < j.
    const ours = liftedStructureLoss(x, labels);
    assertGolden(cases.liftedStructure, ours);
    assert.throws(() => assertGolden(cases.generalizedLifted, ours));
  });

  test(`circleLoss() agrees with CircleLoss, whose weights are detached too: ${name}`, () => {
    // Here too MeanReducer divides by all anchors, ours by those with a positive and a negative.
    assertGolden(cases.circle, circleLoss(x, labels, { margin: 0.25, gamma: 80 }), paired);
  });
}
