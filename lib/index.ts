/** facenet-lab: table of contents. Everything that notebooks and programs use, in the order in which data flows. */

// align: detector, five points, similarity transform, crops
export {
  type AlignedImage,
  type AlignMode,
  type AlignSettings,
  type AlignStatus,
  alignImage,
  alignModes,
  defaultAlignSettings,
} from "./align/align";
export { type AlignedSet, type AlignmentReport, type AlignOptions, alignDataSet } from "./align/alignDataSet";
export { type FaceDescriptor, loadDescriptor } from "./align/descriptor";
export { type DetectedFace, type FaceDetector, loadDetector } from "./align/detector";
export { parseLandmarkFile } from "./align/landmarkFile";
export { similarityTransform } from "./align/similarity";
export { templateNames, templatePoints } from "./align/templates";
// core: matrices, random numbers, errors
export { Interrupted, LabError, UsageError } from "./core/errors";
export { type Matrix, matrix, matrixFromRows, rowOf, squaredL2, takeRows } from "./core/matrix";
export { decodeNpy, encodeNpy } from "./core/npy";
export type { LongWork, Progress, ProgressEvent } from "./core/progress";
export { createRandom, type Random } from "./core/random";
// data: folders, LFW, Omniglot, splits
export type { CropSet, DataItem, DataSet, PairList, Protocol, SkippedItem } from "./data/dataset";
export { type DataDescription, describeDataSet, descriptionText } from "./data/describe";
export { type OpenedData, openDataSet, type ProtocolName } from "./data/open";
export { type SplitOptions, splitByIdentity } from "./data/split";
// nets: layers as data
export { loadEngine, type Tf } from "./engine/load";
export { engineProducts } from "./engine/products";
// evaluate: every number of a paper
export { type AllPairsResult, allPairsVal, type ValPoint } from "./evaluate/allPairs";
export { forEachPairDistance, pairDistances } from "./evaluate/distances";
export { type HardestResult, type HardPair, hardestPairs } from "./evaluate/hardest";
export { type IdentificationResult, identify } from "./evaluate/identification";
export { type OneShotResult, type OneShotRun, oneShot } from "./evaluate/oneShot";
export { type Roc, rocCurve } from "./evaluate/roc";
export { meanAndStandardError, wilsonInterval } from "./evaluate/statistics";
export { bestThreshold, type VerificationResult, verification } from "./evaluate/verification";
// figures and notebook display
export { type DialSeries, dialFigure } from "./figures/dialFigure";
export { distanceHistogram } from "./figures/distanceHistogram";
export { embeddingMap } from "./figures/embeddingMap";
export type { Figure } from "./figures/figure";
export { identitySpread, type SpreadSeries } from "./figures/identitySpread";
export { rocFigure } from "./figures/rocFigure";
export { contactSheet, cropOf } from "./figures/sprites";
export { figurePng, figureSvg } from "./figures/still";
export { trainingCurves } from "./figures/trainingCurves";
// image: pictures in memory, reading, writing, warping
export { type DecodeOptions, decodeImage, encodeJpeg, encodePng, svgToPng } from "./image/codec";
export { type Raster, raster, withChannels } from "./image/raster";
export { type Affine, cropToSquare, invertAffine, type WarpOptions, warpAffine } from "./image/warp";
// losses and miners: index triplets in, loss and gradient out
export type { HeadLossResult, LossResult, PairIndices, Reduction } from "./losses/loss";
export { type TripletLossOptions, tripletLoss } from "./losses/triplet";
export { type AllTripletsOptions, allTriplets } from "./miners/allTriplets";
export { type MiningBatch, type MiningBatchOptions, miningBatch } from "./miners/batch";
export { batchHard } from "./miners/batchHard";
export { countTriplets, type TripletCounts } from "./miners/countTriplets";
export { type DistanceWeightedOptions, distanceWeighted } from "./miners/distanceWeighted";
export { type EasyPositiveOptions, easyPositive } from "./miners/easyPositive";
export { hardestNegative } from "./miners/hardestNegative";
export {
  batchRows,
  createMemory,
  type EmbeddingMemory,
  type MemoryState,
  withMemory,
} from "./miners/memory";
export { type OfflineOptions, offlineTriplets } from "./miners/offline";
export { randomViolator } from "./miners/randomViolator";
export { type Miner, type MiningRule, miningRuleNames, miningRules } from "./miners/rules";
export { semiHardNearest } from "./miners/semiHardNearest";
export { semiHardRandom } from "./miners/semiHardRandom";
export type { Triplets } from "./miners/triplets";
export { buildNet, type Net } from "./nets/build";
export { countNet, type NetCount } from "./nets/count";
export { type LaptopNetOptions, laptopNet } from "./nets/laptopNet";
export { embeddingSize, type Layer, type NetSpec } from "./nets/spec";
export { type LiveFigure, liveFigure, show, showImage, stoppable } from "./notebook/display";
// project: maps of the embedding space
export { nearestNeighbors } from "./project/neighbors";
export { effectiveRank, type Pca, pca } from "./project/pca";
export { trustworthiness } from "./project/trustworthiness";
export { type UmapOptions, umapProjection } from "./project/umap";
// samplers: which images stand in a batch together
export { createSampler, type SamplerOptions } from "./samplers/identities";
export {
  createOfflineSampler,
  type OfflineSampler,
  type OfflineSamplerOptions,
  type RowTriplets,
} from "./samplers/offline";
export { createPairSampler, type PairSamplerOptions } from "./samplers/pairs";
export type { Sampler, SamplerState } from "./samplers/sampler";
export { createSequentialSampler, type SequentialSamplerOptions } from "./samplers/sequential";
// synthetic: people who do not exist, one nuisance at a time
export {
  type CheckOptions,
  checkSynthetic,
  type SyntheticCheck,
  type YawBand,
} from "./synthetic/checkSynthetic";
export { type FaceShape, lengthNames } from "./synthetic/faceShape";
export { type Generated, type GenerateOptions, generateFaces } from "./synthetic/generate";
export { aged, type Identity, identityOf } from "./synthetic/identity";
export { decodeManifest, encodeManifest, factorNames, type ManifestRow } from "./synthetic/manifest";
export {
  drawNuisance,
  type Fixed,
  type Nuisance,
  type Occlusion,
  occlusions,
  plain,
} from "./synthetic/nuisance";
export { buildPerson, type Person } from "./synthetic/person";
export type { SetPlan } from "./synthetic/plan";
export { type Rendering, type RenderOptions, render } from "./synthetic/render";
// train: batches, optimisers, the loop, models
export { type Augmentation, augmentations, batchOfCrops } from "./train/augment";
export { type EmbedOptions, embedCrops } from "./train/embed";
export type { TrainingHistory } from "./train/history";
export { loadModel, type Model, type ModelCard, readCard } from "./train/modelFolder";
export { createOptimizer, type Optimizer } from "./train/optimizers";
export { defaultSettings, paperSettings, type TrainSettings } from "./train/settings";
export { type StepResult, Trainer, type TrainLoop, train } from "./train/trainer";

// walk: the stages in order, with a run folder
export { type Evaluation, evaluateStage, oneShotRows } from "./walk/evaluateStage";
export { type Prepared, prepare } from "./walk/prepare";
export { type MapOfEmbeddings, projectStage } from "./walk/projectStage";
export {
  type IdentitySpread,
  realSpread,
  type SpreadSummary,
  summarizeSpread,
  syntheticSpread,
} from "./walk/realism";
export type { WalkSummary } from "./walk/summary";
export { settingsFor, trainStage, usualSettings } from "./walk/trainStage";
export { type WalkOptions, walk } from "./walk/walk";
