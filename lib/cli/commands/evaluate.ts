import { existsSync } from "node:fs";
import { oneShot } from "../../evaluate/oneShot";
import { calibrationOf, loadCalibration } from "../../walk/calibrateStage";
import { clipStage } from "../../walk/clipStage";
import { evaluateRows } from "../../walk/evaluateRows";
import { evaluationJson } from "../../walk/evaluationJson";
import { evaluationText } from "../../walk/evaluationText";
import { type Command, type CommandContext, commandLine } from "../command";
import { type EmbeddingSource, embeddingOptions } from "../embeddingSource";
import { type Evaluated, saveMarkdown, savePage } from "../evaluateFiles";
import { clipPairs, evaluationInput, listedPairs, sliceColumns } from "../evaluateInput";

export const evaluateCommand: Command = {
  name: "evaluate",
  summary: "score a model on a protocol's test side, or embeddings of any origin",
  options: {
    ...embeddingOptions,
    pairs: {
      kind: "text",
      value: "FILE",
      help: "scored pairs: LFW's form, or CSV with the columns first, second and perhaps same, fold",
    },
    "clip-pairs": { kind: "text", value: "FILE", help: "pairs of clips in the same forms; left out: drawn" },
    attributes: {
      kind: "text",
      value: "FILE",
      help: "CSV with the column name and others that slice the images",
    },
    slices: { kind: "text", value: "NAMES", help: "columns to slice by, with commas; left out: all" },
    splits: {
      kind: "integer",
      help: "disjoint sets of identities for the hold-out form",
      least: 2,
      default: 5,
    },
    calibration: {
      kind: "text",
      value: "FILE",
      help: "report VAL and FAR at the threshold of this calibration too; left out: that of the model folder, if there is one",
    },
    html: {
      kind: "text",
      value: "FILE",
      help: "write every number and figure as one page that needs nothing else; --data gives the pictures of embeddings with names",
    },
    markdown: {
      kind: "text",
      value: "FILE",
      help: "write the tables as Markdown, with the ROC as SVG beside it",
    },
  },
  examples: [
    "facenet-lab evaluate --model runs/first/model",
    "facenet-lab evaluate --model runs/lfw/model --data lfw --protocol view1 --json",
    "facenet-lab evaluate --embeddings my-embeddings",
    "facenet-lab evaluate --embeddings E.npy --labels L.csv --normalize --markdown result.md",
    "facenet-lab evaluate --embeddings my-embeddings --data my-photos --html result.html",
  ],
  run: async (context) => {
    const input = await evaluationInput(context);
    const { vectors, labels, identities, protocol, model, oneShotRuns } = input;
    const pairs = listedPairs(context, input);
    const evaluation = evaluateRows(vectors, labels, {
      pairs,
      columns: sliceColumns(context, input),
      splits: context.number("splits"),
      threshold: savedThreshold(context, input),
      seed: context.number("seed"),
      progress: context.progress,
    });
    const clips = clipPairs(context, input);
    const result: Evaluated = {
      facts: {
        name: protocol,
        rows: vectors.rows,
        dimensions: vectors.columns,
        identities: identities.length,
        normalized: context.flag("normalize"),
      },
      evaluation,
      clips: clips ? clipStage(vectors, clips.clips, clips.pairs) : [],
      oneShot: oneShotRuns.length > 0 ? oneShot(vectors, oneShotRuns) : undefined,
    };
    const json = {
      ...(model !== undefined && { model }),
      protocol,
      ...result.facts,
      ...evaluationJson(evaluation, result.clips),
      ...(result.oneShot && { oneShot: result.oneShot }),
    };
    const files = [
      saveMarkdown(context, result),
      await savePage(context, input, pairs, result, commandLine(context, evaluateCommand)),
    ];
    const written = files.flatMap((file) => (file === undefined ? [] : [`in ${file}`]));
    const text = [evaluationText(result.facts, evaluation, result.clips), ...written].join("\n");
    return { json, text };
  },
};

/** The threshold of --calibration, or of the model folder's own calibration where there is one. */
function savedThreshold(
  context: CommandContext,
  { model }: EmbeddingSource,
): { value: number; far: number } | undefined {
  const folder = context.text("model");
  const own = folder === undefined ? undefined : calibrationOf(folder);
  const path = context.text("calibration") ?? (own !== undefined && existsSync(own) ? own : undefined);
  return path === undefined
    ? undefined
    : loadCalibration(path, { model, normalized: context.flag("normalize") }).threshold;
}
