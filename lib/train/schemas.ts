import { z } from "zod";
import type { NetSpec } from "../nets/spec";
import { augmentationNames } from "./augment";
import type { TrainSettings } from "./settings";

/** Schemas of what is read back from files. Limits keep absurd values in a damaged or hostile file from taking all memory. */
const size = z.number().int().min(1).max(4096);
const stride = z.number().int().min(1).max(8).optional();

export const netSpecSchema: z.ZodType<NetSpec> = z.strictObject({
  name: z.string().max(100),
  inputSize: z.number().int().min(8).max(512),
  channels: z.union([z.literal(1), z.literal(3)]),
  layers: z
    .array(
      z.discriminatedUnion("kind", [
        z.strictObject({
          kind: z.literal("conv"),
          filters: size,
          kernel: z.number().int().min(1).max(15),
          stride,
          norm: z.boolean().optional(),
          relu: z.boolean().optional(),
        }),
        z.strictObject({ kind: z.literal("residual"), filters: size, stride }),
        z.strictObject({ kind: z.literal("flatten") }),
        z.strictObject({ kind: z.literal("averagePool") }),
        z.strictObject({ kind: z.literal("dense"), units: size, norm: z.boolean().optional() }),
      ]),
    )
    .min(1)
    .max(1000),
});

export const settingsSchema: z.ZodType<TrainSettings> = z.strictObject({
  seed: z.number().int(),
  budget: z.union([z.strictObject({ steps: z.number() }), z.strictObject({ seconds: z.number() })]),
  identities: z.number().int(),
  images: z.number().int(),
  extraNegatives: z.number().int(),
  margin: z.number(),
  mining: z.enum(["semi-hard-nearest", "semi-hard-random", "batch-hard", "all"]),
  augmentation: z.enum(augmentationNames),
  optimizer: z.enum(["adagrad", "adamw"]),
  rate: z.number(),
  schedule: z.enum(["cosine", "constant"]),
  warmup: z.number().int(),
  chunk: z.number().int(),
});
