import { basename, dirname, join, resolve } from "node:path";
import { LabError, UsageError } from "../../core/errors";
import { writeFileAtomic } from "../../core/files";
import { type Strangers, strangers } from "../../evaluate/strangers";
import { reliabilityFigure } from "../../figures/reliabilityFigure";
import { figureSvg } from "../../figures/still";
import {
  calibrateStage,
  calibrationOf,
  type ModelCalibration,
  saveCalibration,
} from "../../walk/calibrateStage";
import { REFERENCE } from "../../walk/embedder";
import { sampledPairs } from "../../walk/listedPairs";
import type { Command, CommandContext } from "../command";
import { embeddingOptions, openEmbeddings } from "../embeddingSource";

const GALLERIES = [100, 1000, 10_000] as const;

export const calibrateCommand: Command = {
  name: "calibrate",
  summary:
    "choose the threshold for a FAR and fit distance → probability; kept beside the model or in a file",
  options: {
    ...embeddingOptions,
    far: { kind: "number", help: "false accept rate that is aimed at", least: 0, most: 1, default: 1e-3 },
    gallery: { kind: "integer", help: "people in your gallery; left out: 100, 1,000 and 10,000", least: 1 },
    out: {
      kind: "text",
      value: "FILE",
      help: "JSON file for the calibration, with a reliability diagram as SVG beside it; left out: calibration.json in the model folder",
    },
  },
  examples: [
    "facenet-lab calibrate --model runs/first/model --far 1e-3 --gallery 500",
    "facenet-lab calibrate --embeddings E.npy --labels L.csv --normalize --out calibration.json",
  ],
  run: async (context) => {
    const out = fileOf(context);
    const far = context.number("far") as number;
    const seed = context.number("seed") as number;
    const { vectors: x, labels, pairs, model = null, protocol } = await openEmbeddings(context);
    const list = pairs ?? sampledPairs(labels, seed);
    if (!list) throw new LabError("Cannot calibrate: ten same and ten different pairs are needed");
    const rows = { x, labels, pairs: list, model, protocol, normalized: context.flag("normalize") };
    const { calibration, reliability } = calibrateStage(rows, far, seed);
    saveCalibration(out, calibration);
    if (context.text("out") !== undefined) {
      const figure = `${basename(out).replace(/\.json$/, "")}-reliability.svg`;
      writeFileAtomic(join(dirname(out), figure), figureSvg(reliabilityFigure(reliability)));
    }
    const gallery = context.number("gallery");
    const passing = (gallery === undefined ? GALLERIES : [gallery]).map((n) => strangers(far, n));
    return {
      json: { ...calibration, reliability, strangers: passing, out },
      text: textOf(calibration, passing, out),
    };
  },
};

/** Where the calibration goes. Throws a UsageError where nothing says it. */
function fileOf(context: CommandContext): string {
  const [out, model] = [context.text("out"), context.text("model")];
  if (out !== undefined) return resolve(out);
  if (model !== undefined && model !== REFERENCE) return calibrationOf(model);
  throw new UsageError("--out is needed: the file of the calibration, where there is no model folder");
}

function textOf(
  { protocol, threshold, probability }: ModelCalibration,
  passing: readonly Strangers[],
  out: string,
): string {
  const { value, far, val, interval, valInterval } = threshold;
  return [
    `protocol   ${protocol}`,
    `threshold  ${value.toFixed(4)} (squared L2) for FAR ${far}; 95 % over identities ${interval.map((v) => v.toFixed(4)).join(" to ")}`,
    `VAL        ${(100 * val).toFixed(2)} %, ${valInterval.map((v) => (100 * v).toFixed(2)).join(" to ")}`,
    ...passing.map(
      (s) =>
        `gallery    ${s.gallery} people: ${s.expected.toPrecision(3)} false accepts per stranger, ${(100 * s.atLeastOne).toFixed(1)} % see at least one (if comparisons were independent)`,
    ),
    `P(same)    1 / (1 + exp(${probability.slope.toFixed(3)} d ${probability.bias < 0 ? "−" : "+"} ${Math.abs(probability.bias).toFixed(3)})), Platt; unseen folds: Brier ${probability.brier.toFixed(4)}, ECE ${probability.ece.toFixed(4)}`,
    `in         ${out}`,
  ].join("\n");
}
