import { basename, dirname, join, resolve } from "node:path";
import { writeFileAtomic } from "../../core/files";
import { engineProducts } from "../../engine/products";
import { hardestPairs } from "../../evaluate/hardest";
import { oneShot } from "../../evaluate/oneShot";
import { rocFigure } from "../../figures/rocFigure";
import { figureSvg } from "../../figures/still";
import { type ClipEvaluation, clipStage } from "../../walk/clipStage";
import { evaluateRows, type RowsEvaluation } from "../../walk/evaluateRows";
import {
  type EvaluationFacts,
  evaluationJson,
  evaluationMarkdown,
  evaluationText,
} from "../../walk/evaluationText";
import type { Command, CommandContext, CommandResult } from "../command";
import { embeddingOptions } from "../embeddingSource";
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
  ],
  run: async (context) => {
    const input = await evaluationInput(context);
    const normalized = context.flag("normalize");
    const { vectors, labels, identities, protocol, model, oneShotRuns } = input;
    const evaluation = evaluateRows(vectors, labels, {
      pairs: listedPairs(context, input),
      columns: sliceColumns(context, input),
      splits: context.number("splits"),
      seed: context.number("seed"),
      progress: context.progress,
    });
    const clips = clipPairs(context, input);
    const byClip = clips ? clipStage(vectors, clips.clips, clips.pairs) : [];
    const facts = {
      name: protocol,
      rows: vectors.rows,
      dimensions: vectors.columns,
      identities: identities.length,
      normalized,
    };
    const json = {
      ...(model !== undefined && { model }),
      protocol,
      ...facts,
      ...evaluationJson(evaluation, byClip),
      ...(oneShotRuns.length > 0 && { oneShot: oneShot(vectors, oneShotRuns) }),
      hardest: hardestPairs(vectors, labels, { products: engineProducts }),
    };
    return { json, text: textOf(context, facts, evaluation, byClip) };
  },
};

/** The lines for a terminal; writes the Markdown on the way where it is wanted. */
function textOf(
  context: CommandContext,
  facts: EvaluationFacts,
  evaluation: RowsEvaluation,
  clips: readonly ClipEvaluation[],
): CommandResult["text"] {
  const text = evaluationText(facts, evaluation, clips);
  const given = context.text("markdown");
  if (given === undefined) return text;
  const path = resolve(given);
  const { auc, roc, points } = evaluation.allPairs;
  const figure = rocFigure({ points: roc, auc, operating: points, name: "every FAR" });
  const file = `${basename(path).replace(/\.md$/, "")}-roc.svg`;
  writeFileAtomic(join(dirname(path), file), figureSvg(figure));
  writeFileAtomic(path, evaluationMarkdown(facts, evaluation, clips, [{ file, alt: figure.alt }]));
  return `${text}\nin ${path}`;
}
