import type { Matrix } from "../../lib/core/matrix";
import { arcFaceLoss, arcFaceLossOnEngine } from "../../lib/losses/arcFace";
import { centerLoss } from "../../lib/losses/center";
import { chiSquareLoss } from "../../lib/losses/chiSquare";
import { circleLoss, circleLossOnEngine } from "../../lib/losses/circle";
import { contrastiveLoss, contrastiveLossOnEngine } from "../../lib/losses/contrastive";
import { cosFaceLoss, cosFaceLossOnEngine } from "../../lib/losses/cosFace";
import { deepId2Loss, deepId2LossOnEngine } from "../../lib/losses/deepId2";
import { liftedStructureLoss, liftedStructureLossOnEngine } from "../../lib/losses/liftedStructure";
import type { LossResult, Reduction } from "../../lib/losses/loss";
import { multiSimilarityLoss, multiSimilarityLossOnEngine } from "../../lib/losses/multiSimilarity";
import { normalizedSoftmaxLoss, normalizedSoftmaxLossOnEngine } from "../../lib/losses/normalizedSoftmax";
import { ntXentLoss, ntXentLossOnEngine } from "../../lib/losses/ntXent";
import { softmaxLoss, softmaxLossOnEngine } from "../../lib/losses/softmax";
import { sphereFaceLoss, sphereFaceLossOnEngine } from "../../lib/losses/sphereFace";
import {
  supervisedContrastiveLoss,
  supervisedContrastiveLossOnEngine,
} from "../../lib/losses/supervisedContrastive";
import { tripletLoss, tripletLossOnEngine } from "../../lib/losses/triplet";
import type { LossBatch } from "./batches";

interface Options {
  readonly reduction?: Reduction;
}
type Loss = (batch: LossBatch, options?: Options) => LossResult;

/** A loss as the tests of what all losses share see it. */
export interface Member {
  readonly name: string;
  readonly reference: Loss;
  readonly onEngine?: Loss;
  /** Does not change when the space (embeddings, class weights) is rotated. */
  readonly rotates: boolean;
  /** Does not change with the length of the embeddings: they are normalised inside. */
  readonly normalizes: boolean;
  /** Does not change when all embeddings move together. */
  readonly translates: boolean;
}

type OfHead<O> = (x: Matrix, labels: Int32Array, weights: Matrix, options?: O) => LossResult;
type OfLabels<O> = (x: Matrix, labels: Int32Array, options?: O) => LossResult;

const angular = { rotates: true, normalizes: true, translates: false };
const distances = { rotates: true, normalizes: false, translates: true };
const free = { rotates: true, normalizes: false, translates: false };

function ofHead<O extends Options>(loss: OfHead<O>, extra?: O): Loss {
  return ({ x, labels, weights }, options) => loss(x, labels, weights, { ...extra, ...options } as O);
}

function ofLabels<O extends Options>(loss: OfLabels<O>, extra?: O): Loss {
  return ({ x, labels }, options) => loss(x, labels, { ...extra, ...options } as O);
}

/**
 * Every loss of lib/losses. χ² sees absolute values: it is for features that are at least 0. Circle's γ = 256 would magnify the rounding of
 * cosines in float32 to the tolerance itself.
 */
export const family: readonly Member[] = [
  {
    name: "tripletLoss",
    reference: ({ x, triplets }, options) => tripletLoss(x, triplets, options),
    onEngine: ({ x, triplets }, options) => tripletLossOnEngine(x, triplets, options),
    ...distances,
  },
  {
    name: "tripletLoss soft",
    reference: ({ x, triplets }, options) => tripletLoss(x, triplets, { margin: "soft", ...options }),
    onEngine: ({ x, triplets }, options) => tripletLossOnEngine(x, triplets, { margin: "soft", ...options }),
    ...distances,
  },
  {
    name: "contrastiveLoss",
    reference: ({ x, pairs }, options) => contrastiveLoss(x, pairs, { margin: 3, ...options }),
    onEngine: ({ x, pairs }, options) => contrastiveLossOnEngine(x, pairs, { margin: 3, ...options }),
    ...distances,
  },
  {
    name: "softmaxLoss",
    reference: ({ x, labels, weights, bias }, options) => softmaxLoss(x, labels, weights, bias, options),
    onEngine: ({ x, labels, weights, bias }, options) =>
      softmaxLossOnEngine(x, labels, weights, bias, options),
    ...free,
  },
  {
    name: "deepId2Loss",
    reference: ({ x, labels, weights, bias, pairs }, options) =>
      deepId2Loss(x, labels, weights, bias, pairs, { margin: 3, ...options }),
    onEngine: ({ x, labels, weights, bias, pairs }, options) =>
      deepId2LossOnEngine(x, labels, weights, bias, pairs, { margin: 3, ...options }),
    ...free,
  },
  {
    name: "centerLoss",
    reference: ({ x, labels, weights }, options) => centerLoss(x, labels, weights, options),
    ...free,
  },
  {
    name: "chiSquareLoss",
    reference: ({ x, weights, pairs, bias }, options) =>
      chiSquareLoss(
        { ...x, data: x.data.map(Math.abs) },
        pairs,
        weights.data.slice(0, x.columns),
        bias[0],
        options,
      ),
    rotates: false,
    normalizes: false,
    translates: false,
  },
  {
    name: "normalizedSoftmaxLoss",
    reference: ofHead(normalizedSoftmaxLoss),
    onEngine: ofHead(normalizedSoftmaxLossOnEngine),
    ...angular,
  },
  {
    name: "sphereFaceLoss",
    reference: ofHead(sphereFaceLoss, { lambda: 2 }),
    onEngine: ofHead(sphereFaceLossOnEngine, { lambda: 2 }),
    ...free,
  },
  { name: "cosFaceLoss", reference: ofHead(cosFaceLoss), onEngine: ofHead(cosFaceLossOnEngine), ...angular },
  { name: "arcFaceLoss", reference: ofHead(arcFaceLoss), onEngine: ofHead(arcFaceLossOnEngine), ...angular },
  {
    name: "multiSimilarityLoss",
    reference: ofLabels(multiSimilarityLoss),
    onEngine: ofLabels(multiSimilarityLossOnEngine),
    ...angular,
  },
  {
    name: "supervisedContrastiveLoss",
    reference: ofLabels(supervisedContrastiveLoss),
    onEngine: ofLabels(supervisedContrastiveLossOnEngine),
    ...angular,
  },
  { name: "ntXentLoss", reference: ofLabels(ntXentLoss), onEngine: ofLabels(ntXentLossOnEngine), ...angular },
  {
    name: "circleLoss",
    reference: ofLabels(circleLoss, { gamma: 80 }),
    onEngine: ofLabels(circleLossOnEngine, { gamma: 80 }),
    ...angular,
  },
  {
    name: "liftedStructureLoss",
    reference: ofLabels(liftedStructureLoss),
    onEngine: ofLabels(liftedStructureLossOnEngine),
    ...distances,
  },
];
