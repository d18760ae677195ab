import { resolve } from "node:path";
import { UsageError } from "../../core/errors";
import { generateFaces } from "../../synthetic/generate";
import { factorNames } from "../../synthetic/manifest";
import { type Fixed, type Nuisance, occlusions, plain } from "../../synthetic/nuisance";
import type { SetPlan } from "../../synthetic/plan";
import type { Command } from "../command";
import { required } from "../shared";

export const generateCommand: Command = {
  name: "generate",
  summary: "draw faces of people who do not exist: a folder per identity, and every factor in manifest.csv",
  options: {
    identities: { kind: "integer", help: "people", least: 1, most: 1_000_000, default: 500 },
    images: { kind: "integer", help: "pictures of each", least: 1, most: 10_000, default: 20 },
    size: { kind: "integer", help: "side in pixels", least: 32, most: 1024, default: 128 },
    seed: { kind: "integer", help: "seed of people and pictures", default: 7 },
    out: {
      kind: "text",
      value: "DIR",
      help: "folder of the set; an interrupted set of the same plan goes on",
    },
    fix: {
      kind: "text",
      value: "F=V,…",
      help: `factors with one value in all pictures, of ${factorNames.join(", ")}`,
    },
    sweep: {
      kind: "text",
      value: "F=A:B",
      help: "one factor that runs from A to B through the pictures of each person",
    },
    "label-noise": {
      kind: "number",
      help: "share of pictures in somebody else's folder",
      least: 0,
      most: 0.99,
      default: 0,
    },
    threads: { kind: "integer", help: "worker threads; left out: one per processor", least: 1, most: 256 },
  },
  examples: [
    "facenet-lab generate --identities 500 --images 20 --size 128 --seed 7 --out data/synthetic",
    "facenet-lab generate --identities 10 --images 9 --sweep yaw=-60:60 --fix occlusion=none,smile=0 --out turned",
  ],
  run: async (context) => {
    const out = resolve(required(context, "out", "the folder of the set"));
    const sweep = sweepOf(context.text("sweep"));
    const plan: SetPlan = {
      identities: context.number("identities") ?? 500,
      images: context.number("images") ?? 20,
      size: context.number("size") ?? 128,
      seed: context.number("seed") ?? 7,
      fixed: fixedOf(context.text("fix")),
      ...(sweep ? { sweep } : {}),
      labelNoise: context.number("label-noise") ?? 0,
    };
    const { progress, signal } = context;
    const made = await generateFaces(plan, out, { threads: context.number("threads"), progress, signal });
    return {
      json: { out, ...made, plan },
      text: `${made.images} pictures of ${plan.identities} people in ${out} (${made.drawn} drawn now${made.drawn > 0 ? `, ${(made.drawn / made.seconds).toFixed(1)} a second` : ""})\nmanifest  ${made.manifest}\nsheet     ${made.sheet}`,
    };
  },
};

/** `yaw=0,occlusion=none` as factors. Throws a UsageError that names the piece. */
export function fixedOf(text: string | undefined): Fixed {
  const fixed: Record<string, string | number> = {};
  for (const piece of text?.split(",") ?? []) {
    const [name, value] = split("fix", piece);
    if (name === "occlusion") {
      if (!(occlusions as readonly string[]).includes(value)) {
        throw new UsageError(
          `Cannot use --fix: occlusion must be one of ${occlusions.join(", ")}, current value is ${value}`,
        );
      }
      fixed[name] = value;
    } else fixed[name] = numberOf("fix", name, value);
  }
  return fixed as Fixed;
}

/** `yaw=-60:60` as a sweep. */
export function sweepOf(text: string | undefined): SetPlan["sweep"] {
  if (text === undefined) return undefined;
  const [factor, range] = split("sweep", text);
  const ends = range.split(":");
  if (factor === "occlusion" || ends.length !== 2) {
    throw new UsageError(
      `Cannot use --sweep: it must be a number's name and two ends, as yaw=-60:60, current value is ${text}`,
    );
  }
  return { factor, from: numberOf("sweep", factor, ends[0]), to: numberOf("sweep", factor, ends[1]) };
}

function split(option: string, piece: string): [keyof Nuisance, string] {
  const at = piece.indexOf("=");
  const name = piece.slice(0, at).trim();
  if (at < 1 || !Object.hasOwn(plain, name)) {
    throw new UsageError(
      `Cannot use --${option}: a factor must be one of ${factorNames.join(", ")}, current value is ${piece}`,
    );
  }
  return [name as keyof Nuisance, piece.slice(at + 1).trim()];
}

function numberOf(option: string, name: string, text: string): number {
  const value = text === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) {
    throw new UsageError(`Cannot use --${option}: ${name} must be a number, current value is ${text}`);
  }
  return value;
}
