import { LabError } from "../../core/errors";
import { strangers } from "../../evaluate/strangers";
import { calibrateStage, saveCalibration } from "../../walk/calibrateStage";
import { sampledPairs } from "../../walk/evaluateRows";
import type { Command } from "../command";
import { openTestSide } from "../embeddingSource";
import { alignOptions, dataOptions, protocolOptions, required } from "../shared";

const GALLERIES = [100, 1000, 10_000] as const;

export const calibrateCommand: Command = {
  name: "calibrate",
  summary: "choose a model's threshold for a FAR and fit distance → probability; kept beside the model",
  options: {
    ...dataOptions,
    ...protocolOptions,
    ...alignOptions,
    model: { kind: "text", value: "DIR", help: "model folder; calibration.json is written into it" },
    far: { kind: "number", help: "false accept rate that is aimed at", least: 0, most: 1, default: 1e-3 },
    gallery: { kind: "integer", help: "people in your gallery; left out: 100, 1,000 and 10,000", least: 1 },
  },
  examples: ["facenet-lab calibrate --model runs/first/model --far 1e-3 --gallery 500"],
  run: async (context) => {
    const folder = required(context, "model", "a model folder");
    const far = context.number("far") as number;
    const seed = context.number("seed") as number;
    const { vectors: x, labels, pairs, model, protocol } = await openTestSide(context, folder);
    const list = pairs ?? sampledPairs(labels, seed);
    if (!list) throw new LabError("Cannot calibrate: ten same and ten different pairs are needed");
    const { calibration, reliability } = calibrateStage(
      { x, labels, pairs: list, model, protocol },
      far,
      seed,
    );
    saveCalibration(folder, calibration);
    const gallery = context.number("gallery");
    const passing = (gallery === undefined ? GALLERIES : [gallery]).map((n) => strangers(far, n));
    const { threshold, probability } = calibration;
    const text = [
      `protocol   ${protocol}`,
      `threshold  ${threshold.value.toFixed(4)} (squared L2) for FAR ${far}; 95 % over identities ${threshold.interval.map((v) => v.toFixed(4)).join(" to ")}`,
      `VAL        ${(100 * threshold.val).toFixed(2)} %, ${threshold.valInterval.map((v) => (100 * v).toFixed(2)).join(" to ")}`,
      ...passing.map(
        (s) =>
          `gallery    ${s.gallery} people: ${s.expected.toPrecision(3)} false accepts per stranger, ${(100 * s.atLeastOne).toFixed(1)} % see at least one (if comparisons were independent)`,
      ),
      `P(same)    1 / (1 + exp(${probability.slope.toFixed(3)} d ${probability.bias < 0 ? "−" : "+"} ${Math.abs(probability.bias).toFixed(3)})), Platt; unseen folds: Brier ${probability.brier.toFixed(4)}, ECE ${probability.ece.toFixed(4)}`,
    ].join("\n");
    return { json: { ...calibration, reliability, strangers: passing }, text };
  },
};
