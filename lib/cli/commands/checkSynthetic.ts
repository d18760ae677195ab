import { loadDetector } from "../../align/detector";
import { checkSynthetic, type YawBand } from "../../synthetic/checkSynthetic";
import type { Command } from "../command";

export const checkSyntheticCommand: Command = {
  name: "check-synthetic",
  summary: "ask the face detector whether the generated faces are faces, and where their points are",
  options: {
    identities: { kind: "integer", help: "people", least: 1, most: 100_000, default: 50 },
    images: {
      kind: "integer",
      help: "pictures of each in every band of yaw",
      least: 1,
      most: 1000,
      default: 4,
    },
    size: { kind: "integer", help: "side in pixels", least: 32, most: 1024, default: 128 },
    seed: { kind: "integer", help: "seed of people and pictures", default: 7 },
  },
  examples: ["facenet-lab check-synthetic", "facenet-lab check-synthetic --identities 100 --json"],
  run: async (context) => {
    const check = await checkSynthetic(await loadDetector(), {
      identities: context.number("identities"),
      images: context.number("images"),
      size: context.number("size"),
      seed: context.number("seed"),
      progress: context.progress,
      signal: context.signal,
    });
    const lines = [
      `${check.detector}, ${check.identities} people, ${check.size} pixels, no occlusion`,
      ...check.bands.map(bandText),
      check.passed ? "passed" : "not passed: wanted are 99 % found, errors of 8 % up to 20° and 10 % beyond",
    ];
    return { json: check, text: lines.join("\n"), ok: check.passed };
  },
};

function bandText(band: YawBand): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return [
    `yaw ${band.from}° to ${band.to}°: found ${band.found} of ${band.images} (${percent(band.found / band.images)})`,
    `landmark error ${percent(band.meanError)} of the distance between the eyes (median ${percent(band.medianError)}; ${percent(band.meanErrorProjected)} of the distance as seen)`,
  ].join(", ");
}
