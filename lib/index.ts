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
export { type CropDescriptor, type FaceDescriptor, loadDescriptor } from "./align/descriptor";
export { type DetectedFace, type FaceDetector, loadDetector } from "./align/detector";
export { parseLandmarkFile } from "./align/landmarkFile";
export { similarityTransform } from "./align/similarity";
export { templateNames, templatePoints } from "./align/templates";
// backends: what decides on frozen features
export { type Backend, type BackendName, backendNames, type PairRows } from "./backends/backend";
export {
  type ChiSquared,
  type ChiSquaredOptions,
  chiSquaredScore,
  fitChiSquared,
  type LabelledPairs,
} from "./backends/chiSquared";
export { chiSquaredFeatures } from "./backends/chiSquaredFeatures";
export { fitJointBayesian, type JointBayesian, type JointBayesianOptions } from "./backends/jointBayesian";
export { jointBayesianScore } from "./backends/jointBayesianScore";
export { type BackendKind, backendKinds, whitenedLda } from "./backends/kinds";
export { fitLda, type Lda, type LdaOptions } from "./backends/lda";
export { type LinearMap, transform } from "./backends/linearMap";
export { fitLogistic, type Logistic, type LogisticOptions } from "./backends/logistic";
export { type PixelOptions, pixelFeatures } from "./backends/pixels";
export {
  type PrincipalAxes,
  type RandomizedPcaOptions,
  type RowBlocks,
  randomizedPca,
} from "./backends/randomizedPca";
export { loadBackend, type SavedBackend, saveBackend } from "./backends/saved";
export { fitWhitening, type Whitening, type WhiteningOptions } from "./backends/whitening";
// cluster: groups of embeddings, and how well they are the identities
export { type AgglomerativeOptions, agglomerative, type Linkage, linkages } from "./cluster/agglomerative";
export { type ChineseWhispersOptions, chineseWhispers } from "./cluster/chineseWhispers";
export { type ClusteringScores, clusteringScores } from "./cluster/clusteringScores";
export { type ClusterScores, clusterScores } from "./cluster/clusterScores";
export { adjustedRandIndex, bcubed, type PrecisionRecall, pairwise } from "./cluster/countingScores";
export { type DbscanOptions, dbscan } from "./cluster/dbscan";
export { cutAt, cutInto, type Dendrogram } from "./cluster/dendrogram";
export { type HdbscanOptions, hdbscan } from "./cluster/hdbscan";
export { type KMeansOptions, type KMeansResult, kMeans, lloyd, plusPlusStart } from "./cluster/kMeans";
export { type ClusterMistakes, clusterMistakes } from "./cluster/mistakes";
export { adjustedMutualInformation, normalizedMutualInformation } from "./cluster/mutualInformation";
export { silhouette } from "./cluster/silhouette";
export { bestOfSweep, type SweepPoint, thresholdSweep } from "./cluster/thresholdSweep";
// contamination: pictures that stand twice, people on both sides
export {
  type ContaminationOptions,
  type ContaminationReport,
  contamination,
  type DuplicatePair,
} from "./contamination/contamination";
export { type NearDuplicate, nearDuplicates } from "./contamination/nearDuplicates";
export { type SharedName, sharedNames } from "./contamination/sharedNames";
// core: matrices, random numbers, errors
export { Interrupted, LabError, UsageError } from "./core/errors";
export { type Matrix, matrix, matrixFromRows, rowOf, squaredL2, takeRows } from "./core/matrix";
export { decodeNpy, encodeNpy } from "./core/npy";
export type { LongWork, Progress, ProgressEvent } from "./core/progress";
export { createRandom, type Random } from "./core/random";
// data: folders, LFW, Omniglot, splits
export {
  type CropSet,
  type DataItem,
  type DataSet,
  type PairList,
  type Protocol,
  pointsOfCrop,
  type SkippedItem,
} from "./data/dataset";
export { type DataDescription, describeDataSet, descriptionText } from "./data/describe";
export { type OpenedData, openDataSet, type ProtocolName } from "./data/open";
export { type SplitOptions, splitByIdentity } from "./data/split";
// nets: layers as data
export { loadEngine, type Tf } from "./engine/load";
export { engineProducts } from "./engine/products";
// evaluate: every number of a paper
export { addedDistances } from "./evaluate/addedDistances";
export {
  type AllPairsOptions,
  type AllPairsResult,
  allPairsVal,
  type RatesAt,
  type ValPoint,
} from "./evaluate/allPairs";
export {
  type BootstrapResult,
  bootstrapIdentities,
  type Interval,
  shareInterval,
} from "./evaluate/bootstrap";
export {
  type Calibration,
  calibrate,
  probabilityOfSame,
  type Reliability,
  reliability,
} from "./evaluate/calibration";
export { type ClipOptions, clipDistances } from "./evaluate/clips";
export { forEachPairDistance, pairDistances } from "./evaluate/distances";
export { type FoldedPairs, foldReliability } from "./evaluate/foldReliability";
export { type GalleryRanks, galleryRanks, type Labelled } from "./evaluate/galleryRanks";
export { type HardestResult, type HardPair, hardestPairs } from "./evaluate/hardest";
export { type HoldOutResult, holdOut } from "./evaluate/holdOut";
export {
  type IdentificationResult,
  identify,
  identifyProbes,
} from "./evaluate/identification";
export {
  type KnnResult,
  knnIdentification,
  knnPredict,
  type VoteRule,
  vote,
  voteRules,
} from "./evaluate/knn";
export {
  type LookedAt,
  precisionOfSearch,
  type Rescored,
  rescore,
  suspectedPairs,
} from "./evaluate/labelErrors";
export { type Nearest, nearestRows } from "./evaluate/nearest";
export {
  type OneShotResult,
  type OneShotRun,
  oneShot,
} from "./evaluate/oneShot";
export { type ClosedAndOpen, closedAndOpen, type DirOperatingPoint, type DirPoint } from "./evaluate/openSet";
export { canDrawOpenSet, drawOpenSet, type OpenSetSplit } from "./evaluate/openSetSplit";
export { type PairError, pairErrors } from "./evaluate/pairErrors";
export { type PairSample, samplePairs } from "./evaluate/pairSample";
export { type ProbeInterval, probeIntervals } from "./evaluate/probeIntervals";
export { bytesPerRow, dequantize, type Quantized, quantize } from "./evaluate/quantize";
export { type RateIntervals, ratesAtThreshold } from "./evaluate/ratesAtThreshold";
export { type RetrievalOptions, type RetrievalResult, retrieval } from "./evaluate/retrieval";
export { type Roc, rocCurve } from "./evaluate/roc";
export { type Slice, type SlicedColumn, slicesOf } from "./evaluate/slices";
export { meanAndStandardError, wilsonInterval } from "./evaluate/statistics";
export { type Strangers, strangers } from "./evaluate/strangers";
export { bestThreshold, type VerificationResult, verification } from "./evaluate/verification";
// explore: an embedding space as one page
export type { ExploreData, ExploreEpoch } from "./explore/exploreData";
export { explorerHtml, writeExplorer } from "./explore/page";
// figures and notebook display
export { closedOpenFigure, type RateWithInterval } from "./figures/closedOpenFigure";
export { type CmcSeries, cmcFigure } from "./figures/cmcFigure";
export { type CostFigureData, type CostPoint, costFigure } from "./figures/costFigure";
export { type DendrogramData, dendrogramFigure } from "./figures/dendrogramFigure";
export { type DialSeries, dialFigure } from "./figures/dialFigure";
export { type DirFigureData, dirFigure } from "./figures/dirFigure";
export { distanceHistogram } from "./figures/distanceHistogram";
export {
  type DistributionData,
  type DistributionSeries,
  distributionFigure,
} from "./figures/distributionFigure";
export { embeddingFilm, type FilmFrame } from "./figures/embeddingFilm";
export { embeddingMap } from "./figures/embeddingMap";
export type { Figure } from "./figures/figure";
export { identitySpread, type SpreadSeries } from "./figures/identitySpread";
export { lossRanking, type RankedLoss } from "./figures/lossRanking";
export { type MarkedPicture, markedSheet } from "./figures/markedSheet";
export { type Box, type FaceMarks, markFace } from "./figures/markFace";
export { type MicroscopeData, miningMicroscope } from "./figures/miningMicroscope";
export { type NetDiagramData, netDiagram } from "./figures/netDiagram";
export { type PairGridData, pairGrid } from "./figures/pairGrid";
export { type ReliabilityFigureData, reliabilityFigure } from "./figures/reliabilityFigure";
export { rocFigure } from "./figures/rocFigure";
export { type RocSeries, rocsFigure } from "./figures/rocsFigure";
export { searchFigure } from "./figures/searchFigure";
export { type ShapeFigureData, type ShapeSeries, shapeFigure } from "./figures/shapeFigure";
export { type SliceRates, slicesFigure } from "./figures/slicesFigure";
export { contactSheet, cropOf } from "./figures/sprites";
export { figurePng, figureSvg } from "./figures/still";
export { type SweepFigureData, type SweepSeries, sweepFigure } from "./figures/sweepFigure";
export { type TargetCurve, targetCurves } from "./figures/targetCurves";
export {
  type TimedPanel,
  type TimedSeries,
  type TimeToAccuracyData,
  timeToAccuracyFigure,
} from "./figures/timeToAccuracyFigure";
export { trainingCurves } from "./figures/trainingCurves";
export { type MeterRun, warningMeter } from "./figures/warningMeter";
export { type WorkersFigureData, type WorkersSeries, workersFigure } from "./figures/workersFigure";
// image: pictures in memory, reading, writing, warping
export { type DecodeOptions, decodeImage, encodeJpeg, encodePng, svgToPng } from "./image/codec";
export { differenceHash, hammingDistance } from "./image/differenceHash";
export { type Raster, raster, withChannels } from "./image/raster";
export { type Affine, cropToSquare, invertAffine, type WarpOptions, warpAffine } from "./image/warp";
// jobs: work over several processes, with the numbers of one
export {
  type ApproximateNearest,
  type ApproximateSearchOptions,
  approximateSearch,
} from "./jobs/approximateSearch";
export { type EmbedShardsOptions, embedShards } from "./jobs/embedShards";
export type { Reduce } from "./jobs/gradientSums";
export { type ParallelAllPairsOptions, parallelAllPairs } from "./jobs/parallelAllPairs";
export { type ParallelSearchOptions, parallelSearch } from "./jobs/parallelSearch";
export {
  type ParallelTrainer,
  type ParallelTrainerOptions,
  startParallelTrainer,
} from "./jobs/parallelTrainer";
export { type Parts, partsIn } from "./jobs/parts";
export { readShards, type ShardManifest } from "./jobs/shards";
// lbp: a face as counts of patterns, without a net
export { LBP_ALIGNMENT, LBP_LENGTH, type LbpView, lbpCounts, lbpViews } from "./lbp/describe";
export {
  fitHighDimLbp,
  type HighDimLbp,
  type HighDimLbpOptions,
  loadHighDimLbp,
  saveHighDimLbp,
} from "./lbp/highDimLbp";
export { uniformPatterns } from "./lbp/uniformPatterns";
// losses: labels, index pairs or index triplets in, loss and gradient out; `…OnEngine` is the trainer's form
export { type ArcFaceLossOptions, arcFaceLoss, arcFaceLossOnEngine, arcFaceTarget } from "./losses/arcFace";
export {
  type CenterLossOptions,
  type CenterUpdateOptions,
  centerLoss,
  updatedCenters,
} from "./losses/center";
export {
  type ChiSquareLossOptions,
  type ChiSquareLossResult,
  chiSquare,
  chiSquareLoss,
} from "./losses/chiSquare";
export { type CircleLossOptions, circleLoss, circleLossOnEngine } from "./losses/circle";
export { type ContrastiveLossOptions, contrastiveLoss, contrastiveLossOnEngine } from "./losses/contrastive";
export { type CosFaceLossOptions, cosFaceLoss, cosFaceLossOnEngine, cosFaceTarget } from "./losses/cosFace";
export { type DeepId2LossOptions, deepId2Loss, deepId2LossOnEngine, deepId2Margin } from "./losses/deepId2";
export { jointLoss } from "./losses/jointLoss";
export {
  type LiftedStructureLossOptions,
  liftedStructureLoss,
  liftedStructureLossOnEngine,
} from "./losses/liftedStructure";
export type { HeadLossResult, LossResult, PairIndices, Reduction } from "./losses/loss";
export {
  type MultiSimilarityLossOptions,
  multiSimilarityLoss,
  multiSimilarityLossOnEngine,
} from "./losses/multiSimilarity";
export {
  type NormalizedSoftmaxLossOptions,
  normalizedSoftmaxLoss,
  normalizedSoftmaxLossOnEngine,
} from "./losses/normalizedSoftmax";
export { type NtXentLossOptions, ntXentLoss, ntXentLossOnEngine } from "./losses/ntXent";
export { allPairs } from "./losses/pairs";
export {
  type SoftmaxLossOptions,
  type SoftmaxLossResult,
  softmaxLoss,
  softmaxLossOnEngine,
} from "./losses/softmax";
export {
  type SphereFaceLossOptions,
  type SphereFaceSchedule,
  sphereFaceLambda,
  sphereFaceLoss,
  sphereFaceLossOnEngine,
  sphereFaceTarget,
} from "./losses/sphereFace";
export {
  type SupervisedContrastiveLossOptions,
  supervisedContrastiveLoss,
  supervisedContrastiveLossOnEngine,
} from "./losses/supervisedContrastive";
export {
  type TripletIndices,
  type TripletLossOnEngineOptions,
  type TripletLossOptions,
  tripletLoss,
  tripletLossOnEngine,
} from "./losses/triplet";
// miners: which triplets of a batch to learn from
export { type AllTripletsOptions, allTriplets } from "./miners/allTriplets";
export { balancedPairs, type Pairs } from "./miners/balancedPairs";
export { type MiningBatch, type MiningBatchOptions, miningBatch } from "./miners/batch";
export { batchHard } from "./miners/batchHard";
export { countTriplets, type TripletCounts } from "./miners/countTriplets";
export { type DistanceWeightedOptions, distanceWeighted } from "./miners/distanceWeighted";
export { drawn } from "./miners/drawn";
export { type EasyPositiveOptions, easyPositive } from "./miners/easyPositive";
export { hardestNegative } from "./miners/hardestNegative";
export {
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
// nets: layers as data
export { buildNet, type Net } from "./nets/build";
export { countNet, type NetCount } from "./nets/count";
export {
  type LaptopNetOptions,
  laptopInceptionNet,
  laptopNet,
  laptopSmallNet,
  type ResidualNetOptions,
} from "./nets/laptopNets";
export { type NamedNetOptions, type NetName, namedNet, netNames } from "./nets/named";
export { nn1, nn2, nn3, nn4, nns1, nns2, type PaperNetOptions, table6Net } from "./nets/paperNets";
export { type Agreement, compareWithPaper, printedVals } from "./nets/printed";
export { embeddingSize, type Layer, type NetSpec, withBatchNorm } from "./nets/spec";
export { type NetTable, netTable, netTableText } from "./nets/table";
export { type LiveFigure, liveFigure, show, showImage, stoppable } from "./notebook/display";
export { sized } from "./notebook/sized";
// plan: what a job costs on many machines, in closed form and played event by event
export { checkpointSeconds, type Estimate, estimate, type Limit } from "./plan/bounds";
export { type CheckedRun, checkedRuns } from "./plan/checkedRuns";
export { Clock, Line, Shared } from "./plan/events";
export { clusterOf, type JobName, jobsOf, type PlannedJob, type WorkerKind } from "./plan/jobs";
export type { Costs, Measured } from "./plan/measured";
export { bytesText, spanText } from "./plan/numbers";
export { planHtml, writePlanPage } from "./plan/page";
export { type Plan, type PlanRow, planOf } from "./plan/plan";
export { assumptions, type PlannedNet, type Question, questionOf } from "./plan/question";
export { readMeasured } from "./plan/readMeasured";
export { type Simulated, simulate } from "./plan/simulate";
export type { Cluster, Job, StepJob, TaskJob } from "./plan/work";
// project: maps of the embedding space
export { distanceRankCorrelation } from "./project/distanceCorrelation";
export { nearestNeighbors } from "./project/neighbors";
export { effectiveRank, ontoAxes, type Pca, pca } from "./project/pca";
export { meanMotion, umapTrajectory } from "./project/trajectory";
export { trustworthiness } from "./project/trustworthiness";
export { type UmapOptions, umapProjection } from "./project/umap";
// ray: a cluster on this machine, command lines on any cluster
export { type ClusterOptions, clusterDown, clusterUp } from "./ray/cluster";
export { type ClusterProcess, type ClusterState, readClusterState } from "./ray/clusterState";
export type { JobState, JobStatus } from "./ray/jobStatus";
export {
  type JobServerOptions,
  type SubmitOptions,
  SubmittedJob,
  submitJob,
  submittedJob,
  submittedJobs,
} from "./ray/submittedJob";
// report: pages that need nothing else
export { type SectionPage, sectionPageHtml } from "./report/sectionPage";
// samplers: which images stand in a batch together
export { type BatchChoice, createSamplerOf, type SamplerName, samplerNames } from "./samplers/choice";
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
// store: files by name, in a folder or a bucket
export { folderStore } from "./store/folderStore";
export { isAddress, openStore } from "./store/open";
export { type S3Options, s3Store } from "./store/s3Store";
export type { Store, StoredFile } from "./store/store";
// sweeps: measured curves beside the paper's
export { type ComparedSweep, comparedSweep, type SweepComparison } from "./sweeps/comparison";
export { estimateOf, type ReadResults, type ResultTable, resultTable } from "./sweeps/resultTable";
export { type CurvePoint, type Shape, sameShape, shapeOf, type Trend } from "./sweeps/shape";
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
export type { StepResult } from "./train/course";
export { type EmbedOptions, embedCrops } from "./train/embed";
export { type HarmonicOptions, harmonicObjective } from "./train/harmonic";
export type { TrainingHistory } from "./train/history";
export { withFreshLastLayer, withProjection } from "./train/layers";
export type { ObjectiveContext, ObjectiveOptions } from "./train/learner";
export { loadModel, type Model, type ModelCard, readCard } from "./train/modelFolder";
export { findNonFinite, type NonFinite, NotFinite } from "./train/nonFinite";
export type { Objective, ObjectiveResult } from "./train/objective";
export {
  createObjective,
  type ObjectiveChoice,
  type ObjectiveName,
  objectiveNames,
  objectives,
} from "./train/objectives";
export { createOptimizer, type Optimizer } from "./train/optimizers";
export { defaultSettings, paperSettings, type TrainSettings } from "./train/settings";
export { digestsOf, namesAmong } from "./train/trainedPeople";
export { Trainer, type TrainLoop, train } from "./train/trainer";
export {
  type JudgedStep,
  type Trouble,
  type TroubleName,
  type TroubleOptions,
  type TroubleWatch,
  troublesOf,
  troubleText,
  watchTroubles,
} from "./train/trouble";
export { type NetTrial, tryNet } from "./train/tryNet";

// walk: the stages in order, with a run folder
export {
  type BackendResult,
  type BackendStageOptions,
  backendStage,
  type FrozenFeatures,
} from "./walk/backendStage";
export {
  type CalibrationRows,
  calibrateStage,
  calibrationOf,
  loadCalibration,
  type ModelCalibration,
  saveCalibration,
} from "./walk/calibrateStage";
export { type Embedder, openEmbedder } from "./walk/embedder";
export { analyseErrors, type ErrorAnalysis } from "./walk/errorStage";
export { type EvaluateRowsOptions, evaluateRows, type RowsEvaluation } from "./walk/evaluateRows";
export { type Evaluation, evaluateStage, oneShotRows } from "./walk/evaluateStage";
export { type EvaluationPageData, evaluationPage } from "./walk/evaluationPage";
export { type ExploreRunOptions, exploreRun } from "./walk/exploreRun";
export { type ExploreInput, type ExploreOptions, exploreStage } from "./walk/exploreStage";
export { type ExploreTableOptions, exploreTable } from "./walk/exploreTable";
export { type HarmonicRun, type HarmonicSummary, harmonicStudy } from "./walk/harmonicStudy";
export { type MeasurePlanOptions, measurePlan } from "./walk/planMeasure";
export { type Prepared, prepare } from "./walk/prepare";
export { type MapOfEmbeddings, projectStage } from "./walk/projectStage";
export {
  type IdentitySpread,
  realSpread,
  type SpreadSummary,
  summarizeSpread,
  syntheticSpread,
} from "./walk/realism";
export { type RecipeOptions, type RecipeResult, recipeStage } from "./walk/recipeStage";
export { type Recipe, type RecipeName, type RecipeStage, recipeNames, recipes } from "./walk/recipes";
export { type ScorecardRow, scorecard, type Verdict } from "./walk/scorecard";
export type { WalkSummary } from "./walk/summary";
export { parallelTrainStage, settingsFor, trainStage, usualSettings } from "./walk/trainStage";
export { type WalkOptions, walk } from "./walk/walk";
// worker: processes that answer requests
export { type LocalWorkers, type LocalWorkersOptions, startLocalWorkers } from "./worker/localWorkers";
export type { RayPlace } from "./worker/rayBridge";
export { type RayWorkers, type RayWorkersOptions, startRayWorkers } from "./worker/rayWorkers";
export {
  type AllReduce,
  type Call,
  type MapOptions,
  mapTasks,
  WorkerLost,
  type Workers,
} from "./worker/workers";
