import { existsSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { sha256 } from "../../core/container";
import { writeFileAtomic } from "../../core/files";
import type { AllPairsResult } from "../../evaluate/allPairs";
import { pairsOfLabels } from "../../evaluate/pairCounts";
import { parallelAllPairs } from "../../jobs/parallelAllPairs";
import { partsIn } from "../../jobs/parts";
import { labelsOf } from "../../walk/embeddings";
import { percent, power } from "../../walk/evaluationNumbers";
import { openRunFolder } from "../../walk/runFolder";
import type { Command } from "../command";
import { loadRows, ROWS_HELP } from "../rowsOf";
import { required } from "../shared";
import { checkEndpoint, storeOptions } from "../storeOptions";
import { noteLoss, productsOf, productsOption, withWorkersOf, workerOptions } from "../workerOptions";

/** As far down as billions of pairs can measure. */
const FARS = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9];

export const allPairsCommand: Command = {
  name: "all-pairs",
  summary: "VAL at FAR over all pairs of many embeddings, counted exactly in several processes",
  options: {
    embeddings: { kind: "text", value: "DIR", help: ROWS_HELP },
    out: { kind: "text", value: "DIR", help: "folder for result.json, and for counts while it runs" },
    resume: { kind: "flag", help: "go on with the counts that are there" },
    ...productsOption,
    ...storeOptions,
    ...workerOptions,
  },
  examples: [
    "facenet-lab all-pairs --embeddings my-embeddings --workers 2 --out my-pairs",
    "facenet-lab all-pairs --embeddings my-shards/shards --workers 4 --out my-pairs --resume",
    "facenet-lab all-pairs --embeddings s3://my-bucket/faces --workers 4 --out my-pairs",
  ],
  run: async (context) => {
    const out = resolve(required(context, "out", "the folder of the result"));
    checkEndpoint(context, [context.text("embeddings")]);
    const source = await loadRows(context, required(context, "embeddings", "a folder of embeddings"));
    const { vectors, identities, model } = source;
    const { labels } = labelsOf(identities);
    const { different } = pairsOfLabels(labels);
    const products = productsOf(context);
    const digest = sha256(Buffer.concat([bytesOf(vectors.data), bytesOf(labels)]));
    const request = { command: "all-pairs", model, rows: vectors.rows, products, digest };
    const run = openRunFolder(out, request, { resume: context.flag("resume") });
    try {
      const path = run.file("result.json");
      if (existsSync(path)) {
        return { json: JSON.parse(readFileSync(path, "utf8")) as object, text: `done before: ${path}` };
      }
      const options = {
        fars: FARS.filter((far) => far >= 1 / different),
        products,
        parts: partsIn(run.file("counts")),
        progress: context.progress,
        signal: context.signal,
        onLost: noteLoss(context),
      };
      const result = await withWorkersOf(
        context,
        (workers) => parallelAllPairs(workers, vectors, labels, options),
        context.signal,
      );
      const json = { model, rows: vectors.rows, ...result };
      writeFileAtomic(path, `${JSON.stringify(json, null, 2)}\n`);
      rmSync(run.file("counts"), { recursive: true, force: true });
      return { json, text: textOf(result, path) };
    } finally {
      run.close();
    }
  },
};

function bytesOf(values: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function textOf(
  { samePairs, differentPairs, smallestFar, auc, eer, points }: AllPairsResult,
  path: string,
): string {
  return [
    `${samePairs} same and ${differentPairs} different pairs (squared L2): AUC ${auc.toFixed(4)}, equal error rate ${percent(eer)}`,
    ...points.map(
      ({ far, val, threshold }) =>
        `VAL ${percent(val)} at FAR ${power(far)} (threshold ${threshold.toFixed(4)})`,
    ),
    `smallest measurable FAR ${smallestFar.toExponential(2)}; ${path}`,
  ].join("\n");
}
