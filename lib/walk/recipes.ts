import type { BackendName } from "../backends/backend";
import type { BatchChoice } from "../samplers/choice";
import type { ObjectiveChoice } from "../train/objectives";

/** One training stage of a recipe. */
export interface RecipeStage {
  readonly objective: ObjectiveChoice;
  /** Share of the whole budget, in (0, 1]. */
  readonly share: number;
  readonly batch?: BatchChoice;
  /** Puts a fresh linear projection on the net of the stage before, and trains it alone; else a later stage goes on with all layers of that net. */
  readonly projection?: boolean;
}

/** A pipeline of the literature: training stages, then back-ends that decide on the frozen features. Squared L2 is always reported. */
export interface Recipe {
  readonly summary: string;
  readonly source: string;
  readonly stages: readonly RecipeStage[];
  readonly backends: readonly BackendName[];
}

export const recipeNames = [
  "siamese",
  "deepface",
  "deepid2",
  "softmax-joint-bayesian",
  "vgg-face",
  "facenet",
  "center-face",
  "cosface",
  "arcface",
  "softmax",
  "joint",
  "two-step",
  "supervised-contrastive",
] as const;
export type RecipeName = (typeof recipeNames)[number];

const sequential: BatchChoice = { sampler: "sequential", images: 128 };
const only = (objective: ObjectiveChoice, batch?: BatchChoice): readonly RecipeStage[] => [
  { objective, share: 1, ...(batch && { batch }) },
];

/** Every recipe, one line each. The net, the budget and the data are the reader's. */
export const recipes: Readonly<Record<RecipeName, Recipe>> = {
  siamese: row("contrastive loss on pairs", "Chopra et al. 2005", only({ name: "contrastive" })),
  deepface: row("softmax, then χ²", "Taigman et al. 2014", only({ name: "softmax" }, sequential), [
    "chi-squared",
  ]),
  deepid2: row(
    "softmax + λ·verification, then Joint Bayesian",
    "Sun et al. 2014",
    only({ name: "deepid2" }),
    ["joint-bayesian"],
  ),
  "softmax-joint-bayesian": row(
    "softmax, then Joint Bayesian",
    "Chen et al. 2012; Sun et al. 2014, λ = 0",
    only({ name: "softmax" }, sequential),
    ["joint-bayesian"],
  ),
  "vgg-face": row("softmax, then a triplet-trained projection", "Parkhi et al. 2015", [
    { objective: { name: "softmax" }, batch: sequential, share: 0.7 },
    { objective: { name: "triplet", mining: "random-violator" }, share: 0.3, projection: true },
  ]),
  facenet: row("triplet loss alone, from random weights", "Schroff et al. 2015", only({ name: "triplet" })),
  "center-face": row("softmax + λ·center loss", "Wen et al. 2016", only({ name: "center" })),
  cosface: row("cosine margin", "Wang et al. 2018", only({ name: "cosface" }, sequential)),
  arcface: row("angular margin", "Deng et al. 2019", only({ name: "arcface" }, sequential)),
  softmax: row(
    "softmax alone",
    "DeepFace's and VGG Face's first stage",
    only({ name: "softmax" }, sequential),
  ),
  joint: row("softmax of cosines + triplets at once", "Luo et al. 2019", only({ name: "joint" })),
  "two-step": row("softmax, then triplets on all layers", "after Parkhi et al. 2015", [
    { objective: { name: "softmax" }, batch: sequential, share: 0.5 },
    { objective: { name: "triplet" }, share: 0.5 },
  ]),
  "supervised-contrastive": row(
    "each positive against the whole batch",
    "Khosla et al. 2020",
    // The paper's 0.1 stops learning earlier on LFW.
    only({ name: "supervised-contrastive", temperature: 0.06 }),
  ),
};

function row(
  summary: string,
  source: string,
  stages: readonly RecipeStage[],
  backends: readonly BackendName[] = [],
): Recipe {
  return { summary, source, stages, backends };
}
