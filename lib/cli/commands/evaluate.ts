import { existsSync } from "node:fs";
import { join } from "node:path";
import { LabError, UsageError } from "../../core/errors";
import { createRandom } from "../../core/random";
import type { DataSet, PairList } from "../../data/dataset";
import { openDataSet } from "../../data/open";
import { samplePairs } from "../../data/split";
import { embedCrops } from "../../train/embed";
import { loadModel } from "../../train/modelFolder";
import { labelsOf, loadEmbeddings } from "../../walk/embeddings";
import { type Evaluation, evaluateStage, oneShotRows } from "../../walk/evaluateStage";
import { alignmentOf } from "../../walk/modelInput";
import { prepare } from "../../walk/prepare";
import type { Command, CommandContext, CommandResult } from "../command";
import { alignOptions, alignOptionsOf, dataOptions, protocolOf, protocolOptions } from "../shared";

export const evaluateCommand: Command = {
  name: "evaluate",
  summary: "score a model on a protocol's test side, or a folder of embeddings on sampled pairs",
  options: {
    ...dataOptions,
    ...protocolOptions,
    ...alignOptions,
    model: {
      kind: "text",
      value: "DIR",
      help: "model folder; the protocol's test images are aligned and embedded",
    },
    embeddings: { kind: "text", value: "DIR", help: "embeddings of `embed`, instead of a model" },
  },
  examples: [
    "facenet-lab evaluate --model runs/first/model",
    "facenet-lab evaluate --model runs/lfw/model --data lfw --protocol view1 --json",
    "facenet-lab evaluate --embeddings my-embeddings",
  ],
  run: async (context) => {
    const model = context.text("model");
    const embeddings = context.text("embeddings");
    if ((model === undefined) === (embeddings === undefined)) {
      throw new UsageError("Give either --model or --embeddings");
    }
    return model !== undefined ? ofModel(context, model) : ofEmbeddings(context, embeddings as string);
  },
};

async function ofModel(context: CommandContext, folder: string): Promise<CommandResult> {
  if (!existsSync(join(folder, "card.json")) && existsSync(join(folder, "model", "card.json"))) {
    throw new LabError(
      `Cannot load the model ${folder}: this is a run folder, its model is ${join(folder, "model")}`,
    );
  }
  const { card, net } = loadModel(folder);
  try {
    const { progress, signal } = context;
    const data = await openDataSet(context.text("data"), { progress, signal });
    const align = alignmentOf(card, data.dataSet, alignOptionsOf(context));
    const prepared = await prepare({
      data,
      protocol: protocolOf(context),
      seed: context.number("seed"),
      align,
      progress,
      signal,
    });
    const { crops, itemIndex } = prepared.test;
    const x = await embedCrops(net, crops, { mirrorAverage: card.embedding.mirrorAverage, progress, signal });
    const runs = oneShotRows(prepared.opened.oneShotRuns, itemIndex);
    return present(
      evaluateStage(x, crops.labels, prepared.pairs, runs, { progress }),
      prepared.protocol.name,
      card.id,
    );
  } finally {
    net.dispose();
  }
}

function ofEmbeddings(context: CommandContext, folder: string): CommandResult {
  const { vectors, identities, model } = loadEmbeddings(folder);
  const { labels, names } = labelsOf(identities);
  const pairs = pairsAmong(labels, names, context.number("seed") ?? 1);
  const evaluation = evaluateStage(vectors, labels, pairs, [], { progress: context.progress });
  return present(evaluation, "all embeddings of the folder, sampled pairs in ten folds", model);
}

/** Sampled pairs over rows: the same rule as for a data set. */
function pairsAmong(labels: Int32Array, identities: readonly string[], seed: number): PairList {
  const items = Array.from(labels, (label, row) => ({ name: String(row), label, source: { path: "" } }));
  const rows: DataSet = { name: "embeddings", kind: "faces", identities, items, skipped: [] };
  const pairs = samplePairs(rows, Int32Array.from(labels.keys()), createRandom(seed).fork("evaluate"), 3000);
  if (pairs.same.includes(1) && pairs.same.includes(0)) return pairs;
  throw new LabError(
    `Cannot evaluate these embeddings: two identities with two or more images are needed, current value is ${labels.length} images of ${identities.length} identities`,
  );
}

function present(evaluation: Evaluation, protocol: string, model: string): CommandResult {
  const { accuracy, standardError, auc, eer, pairs, threshold } = evaluation.verification;
  const { allPairs, identification, oneShot, hardest, effectiveRank } = evaluation;
  const verification = { accuracy, standardError, auc, eer, pairs, threshold };
  const json = {
    model,
    protocol,
    verification,
    allPairs,
    identification,
    effectiveRank,
    ...(oneShot && { oneShot }),
    hardest,
  };
  const text = [
    `protocol   ${protocol}`,
    `accuracy   ${(100 * accuracy).toFixed(2)} % ± ${(100 * standardError).toFixed(2)} (${pairs} pairs), AUC ${auc.toFixed(4)}, threshold ${threshold.toFixed(3)} (squared L2)`,
    ...allPairs.points.map(
      (p) =>
        `VAL        ${(100 * p.val).toFixed(2)} % at FAR ${p.far.toExponential(0)} (threshold ${p.threshold.toFixed(3)})`,
    ),
    `           smallest measurable FAR ${allPairs.smallestFar.toExponential(2)}`,
    `rank-1     ${(100 * identification.rank1).toFixed(2)} % of ${identification.probes} probes`,
    ...(oneShot
      ? [
          `one-shot   ${oneShot.ways}-way error ${(100 * oneShot.errorRate).toFixed(2)} % ± ${(100 * oneShot.standardError).toFixed(2)} (${oneShot.runs} runs)`,
        ]
      : []),
  ].join("\n");
  return { json, text };
}
