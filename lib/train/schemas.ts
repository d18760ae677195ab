import { z } from "zod";
import { miningRuleNames } from "../miners/rules";
import type { NetSpec } from "../nets/spec";
import { augmentationNames } from "./augment";
import { objectiveNames } from "./objectives";
import type { TrainSettings } from "./settings";

/** Schemas of what is read back from files. Limits keep absurd values in a damaged or hostile file from taking all memory. */
const size = z.number().int().min(1).max(4096);
const stride = z.number().int().min(1).max(8).optional();

const count = z.number().int().min(0);
const named = { name: z.string().max(100).optional() };
const kernel = z.number().int().min(1).max(15);
const norm = z.boolean().optional();
const reduced = z.tuple([size, size]).optional();

export const netSpecSchema: z.ZodType<NetSpec> = z.strictObject({
  name: z.string().max(100),
  inputSize: z.number().int().min(8).max(512),
  channels: z.union([z.literal(1), z.literal(3)]),
  layers: z
    .array(
      z.discriminatedUnion("kind", [
        z.strictObject({
          ...named,
          kind: z.literal("conv"),
          filters: size,
          kernel,
          stride,
          norm,
          relu: norm,
        }),
        z.strictObject({ ...named, kind: z.literal("residual"), filters: size, stride }),
        z.strictObject({
          ...named,
          kind: z.literal("inception"),
          one: size.optional(),
          three: reduced,
          five: reduced,
          pool: z.strictObject({ by: z.enum(["max", "l2"]), project: size.optional() }).optional(),
          stride,
          norm,
        }),
        z.strictObject({ ...named, kind: z.literal("pool"), by: z.enum(["max", "l2"]), kernel, stride }),
        z.strictObject({ ...named, kind: z.literal("localNorm") }),
        z.strictObject({ ...named, kind: z.literal("middleColumns"), width: size }),
        z.strictObject({ ...named, kind: z.literal("flatten") }),
        z.strictObject({ ...named, kind: z.literal("averagePool") }),
        z.strictObject({
          ...named,
          kind: z.literal("maxout"),
          units: size,
          pieces: z.number().int().min(1).max(16),
        }),
        z.strictObject({ ...named, kind: z.literal("dense"), units: size, norm, relu: norm }),
      ]),
    )
    .min(1)
    .max(1000),
});

/** JSON writes ∞ as null. */
const endless = z.null().transform(() => Number.POSITIVE_INFINITY);

export const settingsSchema: z.ZodType<TrainSettings> = z.strictObject({
  seed: z.number().int(),
  budget: z.union([z.strictObject({ steps: z.number() }), z.strictObject({ seconds: z.number() })]),
  batch: z.discriminatedUnion("sampler", [
    z.strictObject({
      sampler: z.literal("identities"),
      identities: count,
      images: count,
      extraNegatives: count.optional(),
    }),
    z.strictObject({ sampler: z.literal("pairs"), pairs: count }),
    z.strictObject({ sampler: z.literal("sequential"), images: count }),
    z.strictObject({ sampler: z.literal("offline"), triplets: count, subset: count, every: count }),
  ]),
  objective: z.strictObject({
    name: z.enum(objectiveNames),
    margin: z.number().optional(),
    scale: z.number().optional(),
    temperature: z.number().optional(),
    lambda: z.union([z.number(), endless]).optional(),
    memory: count.optional(),
    mining: z.enum([...miningRuleNames, "drawn"]).optional(),
    reduction: z.enum(["sum", "mean", "meanActive"]).optional(),
  }),
  layers: z.enum(["all", "last"]),
  augmentation: z.enum(augmentationNames),
  optimizer: z.enum(["adagrad", "adamw"]),
  rate: z.number(),
  schedule: z.enum(["cosine", "constant"]),
  warmup: z.number().int(),
  chunk: z.number().int(),
});
