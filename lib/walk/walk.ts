import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { AlignOptions } from "../align/alignDataSet";
import { writeFileAtomic } from "../core/files";
import type { LongWork } from "../core/progress";
import { identityNames } from "../data/dataset";
import { openDataSet, type ProtocolName } from "../data/open";
import { countNet } from "../nets/count";
import { writeReport } from "../report/report";
import { embedCrops } from "../train/embed";
import type { TrainSettings } from "../train/settings";
import type { Trainer } from "../train/trainer";
import { saveEmbeddings } from "./embeddings";
import { type Evaluation, evaluateStage, oneShotRows } from "./evaluateStage";
import { countLeftOut, keptLeftOut, leftOutLines, leftOutOfPrepared } from "./leftOut";
import { type Prepared, prepare } from "./prepare";
import { projectStage } from "./projectStage";
import { reportDataOf } from "./reportOf";
import { alignRequest, netRequest } from "./request";
import { openRunFolder, plainRequest, type RunFolder, type RunRequest } from "./runFolder";
import { troublesOfRun } from "./runTroubles";
import { saveTrained } from "./saveTrained";
import type { WalkSummary } from "./summary";
import { mirrorAverageFor, type NetChoice, settingsFor, trainStage } from "./trainStage";

/** Options of {@link walk}. */
export interface WalkOptions extends LongWork {
  /** A folder, `synthetic` (default; drawn first if need be), `omniglot` or `lfw`. */
  readonly data?: string;
  readonly protocol?: ProtocolName;
  readonly align?: AlignOptions;
  /** Quarter turns of drawings as identities of their own; see `prepare`. */
  readonly turns?: boolean;
  /** Training settings; what is left out takes the usual value of the data. */
  readonly settings?: Partial<TrainSettings>;
  readonly net?: NetChoice;
  /** Run folder; it is made. */
  readonly out: string;
  /** Go on with the run in `out`; a finished one is only read. */
  readonly resume?: boolean;
  readonly checkpointEvery?: number;
  /** Train to the end also when that is hopeless; see `TrainStageOptions`. */
  readonly goOn?: boolean;
  readonly patience?: number;
  /** Snapshots of the test embeddings for the explorer, kept in `snapshots/`; default 0, none. */
  readonly snapshots?: number;
  readonly note?: (line: string) => void;
  readonly onStep?: (trainer: Trainer) => void | Promise<void>;
  /** The command that the report names. */
  readonly command?: string;
}

/** All stages in order: align → mine and train → embed → evaluate → project → report. Everything lies in the run folder afterwards. */
export async function walk(options: WalkOptions): Promise<WalkSummary> {
  const run = openRunFolder(resolve(options.out), requestOf(options), {
    resume: options.resume ?? false,
    note: options.note,
  });
  try {
    const finished = run.file("summary.json");
    if (existsSync(finished)) {
      options.note?.("this run is finished; its result is shown (another --out starts a new one)");
      // The folder may have been moved since.
      return { ...(JSON.parse(readFileSync(finished, "utf8")) as WalkSummary), runDirectory: run.path };
    }
    return await walkIn(run, options);
  } finally {
    run.close();
  }
}

/** A data set's name, or the full path of a folder. */
export function nameOfData(data: string = "synthetic"): string {
  return ["synthetic", "omniglot", "lfw"].includes(data) ? data : resolve(data);
}

function requestOf({ data, protocol, align = {}, turns, settings = {}, net = {} }: WalkOptions): RunRequest {
  return {
    command: "walk",
    data: nameOfData(data),
    protocol: protocol ?? "auto",
    ...alignRequest(align),
    ...(turns && { turns }),
    ...netRequest(net),
    ...plainRequest(settings),
  };
}

async function walkIn(run: RunFolder, options: WalkOptions): Promise<WalkSummary> {
  const { progress, signal } = options;
  const seconds: Record<string, number> = {};
  const timed = async <T>(stage: string, work: () => T | Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    seconds[stage] = (performance.now() - start) / 1000;
    return result;
  };
  const seed = options.settings?.seed ?? 1;
  const data = await timed("data", () => openDataSet(options.data, { progress, signal }));
  const { protocol, align, turns } = options;
  const prepared = await timed("align", () =>
    prepare({ data, protocol, seed, align, turns, progress, signal }),
  );
  for (const line of leftOutLines(leftOutOfPrepared(prepared))) options.note?.(line);
  const { kind } = prepared.opened.dataSet;
  const settings = settingsFor(prepared.opened, { ...options.settings, seed });
  const mirrorAverage = mirrorAverageFor(kind);
  const trainer = await timed("train", () =>
    trainStage(prepared, {
      settings,
      net: options.net,
      checkpoints: run.file("checkpoints"),
      checkpointEvery: options.checkpointEvery,
      goOn: options.goOn,
      patience: options.patience,
      snapshots: { folder: run.file("snapshots"), count: options.snapshots ?? 0 },
      progress,
      signal,
      note: options.note,
      onStep: options.onStep,
    }),
  );
  try {
    const { crops, itemIndex } = prepared.test;
    const vectors = await timed("embed", () =>
      embedCrops(trainer.net, crops, { mirrorAverage, progress, signal }),
    );
    const evaluation = await timed("evaluate", () =>
      evaluateStage(
        vectors,
        crops.labels,
        prepared.pairs,
        oneShotRows(prepared.opened.oneShotRuns, itemIndex),
        { progress, signal, seed },
      ),
    );
    const map = await timed("project", () =>
      projectStage(vectors, crops.labels, evaluation.hardest, { seed, progress, signal }),
    );
    const card = saveTrained(run.file("model"), prepared, trainer, trainer.net, {
      value: evaluation.verification.threshold,
      protocol: prepared.protocol.name,
      accuracy: evaluation.verification.accuracy,
    });
    const identities = identityNames(crops);
    saveEmbeddings(run.file("embeddings"), { vectors, names: crops.names, identities, model: card.id });
    writeFileAtomic(run.file("history.json"), JSON.stringify(trainer.history));
    const summary = summaryOf(run, prepared, trainer, evaluation, {
      seconds,
      seed,
      versions: card.versions,
      model: card.id,
    });
    await timed("report", async () =>
      writeReport(
        run.file("report.html"),
        await reportDataOf(prepared, trainer, evaluation, map, summary, options.command),
      ),
    );
    writeFileAtomic(run.file("summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
    return summary;
  } finally {
    trainer.dispose();
  }
}

function summaryOf(
  run: RunFolder,
  prepared: Prepared,
  trainer: Trainer,
  evaluation: Evaluation,
  facts: Pick<WalkSummary, "seconds" | "seed" | "versions" | "model">,
): WalkSummary {
  const { opened, protocol, train, test } = prepared;
  const { accuracy, standardError, auc, eer, pairs, threshold } = evaluation.verification;
  const { rank1, interval, probes } = evaluation.identification;
  const counts: Record<string, number> = {};
  for (const { report } of [train, test]) {
    for (const [name, count] of Object.entries(report.counts)) counts[name] = (counts[name] ?? 0) + count;
  }
  const { oneShot } = evaluation;
  const leftOut = leftOutOfPrepared(prepared);
  const { files, folders } = countLeftOut(leftOut);
  return {
    data: {
      name: opened.dataSet.name,
      identities: opened.dataSet.identities.length,
      images: opened.dataSet.items.length,
      trainIdentities: new Set(train.crops.labels).size,
      trainImages: train.crops.labels.length,
      testIdentities: new Set(test.crops.labels).size,
      testImages: test.crops.labels.length,
      skipped: files,
      skippedFolders: folders,
      leftOut: keptLeftOut(leftOut),
    },
    protocol: protocol.name,
    alignment: { mode: train.report.settings.mode, counts },
    verification: { accuracy, standardError, auc, eer, pairs, threshold },
    allPairs: evaluation.allPairs,
    identification: { rank1, interval, probes },
    ...(oneShot && {
      oneShot: {
        errorRate: oneShot.errorRate,
        standardError: oneShot.standardError,
        ways: oneShot.ways,
        runs: oneShot.runs,
      },
    }),
    effectiveRank: evaluation.effectiveRank,
    training: {
      steps: trainer.steps,
      imagesPerSecond: (trainer.steps * trainer.sampler.batchSize) / trainer.seconds,
      seconds: trainer.seconds,
      parameters: countNet(trainer.net.spec).parameters,
      troubles: troublesOfRun(trainer),
    },
    ...facts,
    runDirectory: run.path,
  };
}
