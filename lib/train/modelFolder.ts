import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { sha256 } from "../core/container";
import { LabError, messageOf } from "../core/errors";
import { writeFolderAtomic } from "../core/files";
import { buildNet, type Net } from "../nets/build";
import { countNet } from "../nets/count";
import { embeddingSize, type NetSpec } from "../nets/spec";
import { normalization } from "./augment";
import { readWeights, writeWeights } from "./flatWeights";
import { netSpecSchema, settingsSchema } from "./schemas";
import type { TrainSettings } from "./settings";
import { type KeptTrouble, keptTroubles } from "./trouble";

const FORMAT = "facenet-lab model 1";

/** What a model folder says of itself (`card.json`). */
export interface ModelCard {
  readonly format: typeof FORMAT;
  /** First 16 hex digits of the weights' SHA-256; embeddings carry it. */
  readonly id: string;
  readonly net: NetSpec;
  /** How an image becomes the net's input (pixels). Crops made in another way are refused. */
  readonly input: {
    readonly size: number;
    readonly margin: number;
    readonly channels: 1 | 3;
    readonly alignment: string;
    readonly template: string;
    readonly normalization: { readonly offset: number; readonly scale: number };
  };
  readonly embedding: {
    readonly size: number;
    readonly distance: "squared L2";
    readonly mirrorAverage: boolean;
  };
  readonly training: {
    readonly data: string;
    readonly identities: number;
    readonly images: number;
    /** Of the names of the training identities, see `digestsOf`; missing in models older than this field and for very many. */
    readonly people?: string;
    readonly steps: number;
    readonly seconds: number;
    readonly settings: TrainSettings;
    /** What was wrong at the end of the run; empty for a run that learned, and for models older than this field. */
    readonly troubles: readonly KeptTrouble[];
  };
  /** Squared L2 below which two images count as one identity, and where it comes from; null before an evaluation. */
  readonly threshold: {
    readonly value: number;
    readonly protocol: string;
    readonly accuracy: number;
  } | null;
  readonly parameters: number;
  readonly weights: { readonly file: "weights.bin"; readonly sha256: string; readonly values: number };
  readonly versions: Readonly<Record<string, string>>;
}

const cardSchema: z.ZodType<ModelCard> = z.strictObject({
  format: z.literal(FORMAT),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  net: netSpecSchema,
  input: z.strictObject({
    size: z.number().int(),
    margin: z.number().int().min(0).max(256),
    channels: z.union([z.literal(1), z.literal(3)]),
    alignment: z.string().max(50),
    template: z.string().max(50),
    normalization: z.strictObject({ offset: z.number(), scale: z.number() }),
  }),
  embedding: z.strictObject({
    size: z.number().int(),
    distance: z.literal("squared L2"),
    mirrorAverage: z.boolean(),
  }),
  training: z.strictObject({
    data: z.string().max(500),
    identities: z.number().int(),
    images: z.number().int(),
    people: z
      .string()
      .regex(/^([0-9a-f]{10})*$/)
      .optional(),
    steps: z.number().int(),
    seconds: z.number(),
    settings: settingsSchema,
    troubles: keptTroubles,
  }),
  threshold: z
    .strictObject({ value: z.number(), protocol: z.string().max(500), accuracy: z.number() })
    .nullable(),
  parameters: z.number().int(),
  weights: z.strictObject({ file: z.literal("weights.bin"), sha256: z.string(), values: z.number().int() }),
  versions: z.record(z.string(), z.string()),
});

/** The part of the card that the caller knows; the rest follows from the net. */
export type CardFacts = Pick<ModelCard, "training" | "threshold" | "versions"> & {
  readonly input: Omit<ModelCard["input"], "size" | "channels" | "normalization">;
  readonly mirrorAverage: boolean;
};

/**
 * Writes `card.json` and `weights.bin` into `folder`, whole or not at all; an older model there is replaced, with its calibration, which is of its weights.
 * Returns the card.
 */
export function saveModel(folder: string, net: Net, facts: CardFacts): ModelCard {
  const weights = readWeights(net);
  const bytes = Buffer.from(weights.buffer, weights.byteOffset, weights.byteLength);
  const sum = sha256(bytes);
  const { spec } = net;
  const card: ModelCard = {
    format: FORMAT,
    id: sum.slice(0, 16),
    net: spec,
    input: { size: spec.inputSize, channels: spec.channels, ...facts.input, normalization },
    embedding: { size: embeddingSize(spec), distance: "squared L2", mirrorAverage: facts.mirrorAverage },
    training: facts.training,
    threshold: facts.threshold,
    parameters: countNet(spec).parameters,
    weights: { file: "weights.bin", sha256: sum, values: weights.length },
    versions: facts.versions,
  };
  writeFolderAtomic(folder, ["card.json", "weights.bin", "calibration.json"], (temporary) => {
    writeFileSync(join(temporary, "weights.bin"), bytes);
    writeFileSync(join(temporary, "card.json"), `${JSON.stringify(card, null, 2)}\n`);
  });
  return card;
}

/** A loaded model. Dispose the net when done. */
export interface Model {
  readonly card: ModelCard;
  readonly net: Net;
}

/** Loads a model folder. Throws a LabError when the card is missing or odd, or when the weights are not the ones that it names. */
export function loadModel(folder: string): Model {
  const card = readCard(folder);
  const path = join(folder, card.weights.file);
  const refuse = (why: string): never => {
    throw new LabError(`Cannot load the model ${folder}: ${why}`);
  };
  let bytes: Buffer;
  try {
    if (statSync(path).size !== 4 * card.weights.values)
      refuse(
        `weights.bin must hold ${4 * card.weights.values} bytes, current value is ${statSync(path).size}`,
      );
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError(`Cannot load the model ${folder}: ${messageOf(error)}`);
  }
  if (sha256(bytes) !== card.weights.sha256) refuse("the checksum of weights.bin does not fit its card");
  if (card.input.size !== card.net.inputSize || card.input.channels !== card.net.channels) {
    refuse(
      `the card's input (${card.input.size}×${card.input.channels}) must fit its net (${card.net.inputSize}×${card.net.channels})`,
    );
  }
  const { offset, scale } = card.input.normalization;
  if (offset !== normalization.offset || scale !== normalization.scale) {
    refuse(
      `its normalisation must be (v − ${normalization.offset}) × ${normalization.scale}, current value is (v − ${offset}) × ${scale}`,
    );
  }
  if (countNet(card.net).parameters > 5e8) refuse("its net has more than 500 million parameters");
  const net = buildNet(card.net, undefined);
  try {
    writeWeights(net, new Float32Array(new Uint8Array(bytes).buffer));
  } catch (error) {
    net.dispose();
    refuse(messageOf(error));
  }
  return { card, net };
}

/** Reads and checks `card.json` alone. */
export function readCard(folder: string): ModelCard {
  const path = join(folder, "card.json");
  let json: unknown;
  try {
    if (statSync(path).size > 2 ** 20) throw new Error("it is larger than a megabyte");
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new LabError(`Cannot read the model card ${path}: ${messageOf(error)}`);
  }
  const parsed = cardSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new LabError(
    `Cannot read the model card ${path}: ${issue.path.join(".") || "card"}: ${issue.message}`,
  );
}
