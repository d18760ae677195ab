import { resolve } from "node:path";
import type { AlignStatus } from "../../align/align";
import { alignDataSet } from "../../align/alignDataSet";
import { LabError, UsageError } from "../../core/errors";
import { squaredL2 } from "../../core/matrix";
import type { DataSet } from "../../data/dataset";
import { probabilityOfSame } from "../../evaluate/calibration";
import { embedCrops } from "../../train/embed";
import { loadModel } from "../../train/modelFolder";
import { calibrationOf, loadCalibration } from "../../walk/calibrateStage";
import { alignmentOf } from "../../walk/modelInput";
import { countsText } from "../../walk/summary";
import type { Command } from "../command";
import { required } from "../shared";

export const compareCommand: Command = {
  name: "compare",
  summary: "two images: distance, probability and decision of a calibrated model",
  arguments: "IMAGE IMAGE",
  mostPositionals: 2,
  options: {
    model: { kind: "text", value: "DIR", help: "model folder that `calibrate` has seen" },
    calibration: {
      kind: "text",
      value: "FILE",
      help: "what `calibrate --out` wrote; left out: calibration.json in the model folder",
    },
    prior: {
      kind: "number",
      help: "how often two compared images show one person where you use it; left out: as in the calibration",
      least: 0,
      most: 1,
    },
  },
  examples: ["facenet-lab compare --model runs/first/model a.jpg b.jpg"],
  run: async (context) => {
    const folder = required(context, "model", "a model folder");
    const paths = context.positionals;
    if (paths.length !== 2) throw new UsageError("Name two images");
    const { card, net } = loadModel(folder);
    try {
      const calibration = loadCalibration(context.text("calibration") ?? calibrationOf(folder), {
        model: card.id,
      });
      const { progress, signal } = context;
      const images = twoImages(paths, card.input.alignment === "none" && card.input.channels === 1);
      const { crops, statuses, report } = await alignDataSet(images, {
        ...alignmentOf(card, images),
        progress,
        signal,
      });
      const [unread] = report.skipped;
      if (unread) throw new LabError(`Cannot compare: ${unread.name}: ${unread.reason}`);
      statuses.forEach((status, i) => {
        const what = CAREFUL[status];
        if (what) context.note(`careful: ${paths[i]}: ${what}`);
      });
      const { mirrorAverage } = card.embedding;
      const x = await embedCrops(net, crops, { mirrorAverage, progress, signal });
      const distance = squaredL2(x, 0, x, 1);
      const { value, far } = calibration.threshold;
      const same = distance < value;
      const prior = context.number("prior");
      const probability = probabilityOfSame(calibration.probability, distance, prior);
      const likely = `${(100 * probability).toFixed(1)} % the same person (prior ${prior ?? calibration.probability.prior})`;
      return {
        json: {
          model: card.id,
          distance,
          threshold: value,
          far,
          same,
          probability,
          alignment: report.counts,
        },
        text: [
          `distance     ${distance.toFixed(4)} (squared L2)`,
          `decision     ${same ? "same person" : "different people"}: threshold ${value.toFixed(4)} for FAR ${far}`,
          `probability  ${likely}${same === probability > 0.5 ? "" : contradiction(same, far)}`,
          `alignment    ${countsText(report.counts)}`,
        ].join("\n"),
      };
    } finally {
      net.dispose();
    }
  },
};

/** Why a comparison may be worth nothing. */
const CAREFUL: Readonly<Partial<Record<AlignStatus, string>>> = {
  fallback: "no face was found, the centre of the picture is compared",
  several: "there are several faces, the one nearest the centre is compared",
};

/** The threshold asks for a small rate of false accepts, the probability for what is more likely. */
function contradiction(same: boolean, far: number): string {
  return same
    ? `: less likely than not, but nearer than the threshold for FAR ${far}`
    : `: more likely than not, but not near enough to be accepted at FAR ${far}`;
}

function twoImages(paths: readonly string[], drawings: boolean): DataSet {
  const items = paths.map((path, label) => ({ name: path, label, source: { path: resolve(path) } }));
  return { name: "two images", kind: drawings ? "drawings" : "faces", identities: paths, items, skipped: [] };
}
