import type { AlignMode } from "../align/align";
import type { AlignOptions } from "../align/alignDataSet";
import { DEFAULT_TEMPLATE } from "../align/templates";
import type { BatchChoice } from "../samplers/choice";
import { type AugmentationName, augmentationNames } from "../train/augment";
import { usualMining } from "../train/learnTriplets";
import { type ObjectiveChoice, objectives } from "../train/objectives";
import { paperSettings, type TrainSettings } from "../train/settings";
import type { NetChoice } from "../walk/trainStage";

export const factorNames = [
  "alignment",
  "augmentation",
  "batch",
  "loss",
  "mining",
  "optimiser",
  "schedule",
  "width",
  "resolution",
  "test",
] as const;
/** What an ablation changes, one at a time. */
export type FactorName = (typeof factorNames)[number];

/** How embeddings of the base's net are made at test time: one view only, or whitened by PCA on the training embeddings. */
export type TestForm = "one view" | "whitened";

/** One change of the base. What is left out stays as it is. */
export interface Variation {
  readonly factor: FactorName;
  readonly name: string;
  readonly settings?: Partial<TrainSettings>;
  readonly net?: NetChoice;
  readonly align?: AlignOptions;
  /** The base's own net, tested in another way: nothing is trained. */
  readonly test?: TestForm;
}

/** What everything is compared with. */
export interface AblationBase {
  readonly kind: "faces" | "drawings";
  readonly settings: TrainSettings;
  readonly net: NetChoice;
  readonly align: AlignOptions;
  /** Side of the net's input in pixels. */
  readonly inputSize: number;
}

/** The changes that make sense for a base, without those that would change nothing. */
export function variationsOf(base: AblationBase, factors: readonly FactorName[]): Variation[] {
  return factors.flatMap((factor) => makers[factor](base).map((variation) => ({ ...variation, factor })));
}

type Made = Omit<Variation, "factor">;
const makers: Readonly<Record<FactorName, (base: AblationBase) => readonly Made[]>> = {
  alignment: ({ kind, align: { mode = "similarity", template = DEFAULT_TEMPLATE } }) =>
    kind === "faces"
      ? [
          ...without<AlignMode>(["center-crop", "detector-box", "similarity"], mode).map((other) => ({
            name: other,
            align: { mode: other },
          })),
          ...(mode === "similarity"
            ? without(["arcface-112", "close-112"], template).map((other) => ({
                name: `template ${other}`,
                align: { template: other },
              }))
            : []),
        ]
      : [],
  augmentation: ({ kind, settings }) =>
    without<AugmentationName>(
      augmentationNames.filter((name) => name === "none" || (name === "drawings") === (kind === "drawings")),
      settings.augmentation,
    ).map((augmentation) => ({ name: augmentation, settings: { augmentation } })),
  batch: ({ settings: { batch } }) => (batch.sampler === "identities" ? otherBatches(batch) : []),
  loss: ({ settings: { objective } }) => [
    ...otherLosses
      .filter(({ name }) => name !== objective.name)
      .map((other) => ({ name: other.name, settings: { objective: other } })),
    ...(objective.name === "supervised-contrastive"
      ? without([0.06, 0.1], objective.temperature ?? 0.1).map((temperature) => ({
          name: `temperature ${temperature}`,
          settings: { objective: { ...objective, temperature } },
        }))
      : []),
  ],
  mining: ({ settings: { objective } }) =>
    objectives[objective.name].options.includes("mining")
      ? (
          [
            "semi-hard-nearest",
            "semi-hard-random",
            "random-violator",
            "batch-hard",
            "distance-weighted",
          ] as const
        )
          .filter((mining) => mining !== (objective.mining ?? usualMining(objective.name)))
          .map((mining) => ({ name: mining, settings: { objective: { ...objective, mining } } }))
      : [],
  optimiser: ({ settings: { optimizer, rate } }) => [
    { name: `rate ${rate / 2}`, settings: { rate: rate / 2 } },
    { name: `rate ${2 * rate}`, settings: { rate: 2 * rate } },
    ...(optimizer === "adamw"
      ? [
          {
            name: "adagrad, the paper's",
            settings: { optimizer: paperSettings.optimizer, rate: paperSettings.rate },
          },
        ]
      : []),
  ],
  schedule: ({ settings: { schedule, warmup } }) => [
    ...(schedule === "cosine"
      ? [{ name: "constant rate", settings: { schedule: "constant" as const } }]
      : []),
    ...(warmup > 0 ? [{ name: "no warm-up", settings: { warmup: 0 } }] : []),
  ],
  width: ({ net, inputSize }) =>
    (net.name ?? "laptop") === "laptop"
      ? [
          { name: "half the filters", net: { ...net, name: "laptop-small" }, align: { size: inputSize } },
          { name: "twice the filters", net: { ...net, name: "laptop-wide" }, align: { size: inputSize } },
          {
            name: "inception modules",
            net: { ...net, name: "laptop-inception" },
            align: { size: inputSize },
          },
        ]
      : [],
  resolution: ({ kind, inputSize }) =>
    kind === "faces"
      ? without([48, 64, 96], inputSize).map((size) => ({
          name: `${size} × ${size} pixels`,
          align: { size },
        }))
      : [],
  test: ({ kind }) => [
    ...(kind === "faces" ? [{ name: "one view", test: "one view" as const }] : []),
    { name: "whitened", test: "whitened" as const },
  ],
};

const otherLosses: readonly ObjectiveChoice[] = [
  { name: "triplet" },
  { name: "joint" },
  { name: "supervised-contrastive" },
];

/** As many images with fewer or more of each identity, and twice as many images. */
function otherBatches(batch: Extract<BatchChoice, { sampler: "identities" }>): Made[] {
  const { identities, images } = batch;
  const regrouped = [images / 2, images * 2]
    .filter((each) => each >= 2 && Number.isInteger(each) && Number.isInteger((identities * images) / each))
    .map((each) => ({ identities: (identities * images) / each, images: each }));
  return [...regrouped, { identities: 2 * identities, images }].map((shape) => ({
    name: `${shape.identities} × ${shape.images}`,
    settings: { batch: { ...batch, ...shape } },
  }));
}

function without<T>(values: readonly T[], value: T): T[] {
  return values.filter((one) => one !== value);
}
