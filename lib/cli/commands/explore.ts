import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { UsageError } from "../../core/errors";
import { writeExplorer } from "../../explore/page";
import { exploreRun } from "../../walk/exploreRun";
import { type ExploreInput, exploreStage } from "../../walk/exploreStage";
import { exploreTable } from "../../walk/exploreTable";
import type { Command, CommandContext } from "../command";
import { refuseGiven, required } from "../shared";

/** Options that only rows of any origin take. */
const TABLE_OPTIONS: readonly string[] = ["labels", "epochs", "images", "image-column"];

export const exploreCommand: Command = {
  name: "explore",
  summary: "a run's embedding space as one HTML file: maps, neighbours, thresholds, hard pairs",
  arguments: "[RUN]",
  mostPositionals: 1,
  options: {
    embeddings: { kind: "text", value: "FILE", help: "instead of a run: .npy file, N × D float32" },
    labels: {
      kind: "text",
      value: "FILE",
      help: "CSV with one row for each row of the .npy file and the column identity; name and others to colour by",
    },
    epochs: {
      kind: "text",
      value: "FILES",
      help: ".npy files of earlier checkpoints in order, with commas; a run's own snapshots are found",
    },
    images: { kind: "text", value: "DIR", help: "folder of the pictures of the rows; left out: no pictures" },
    "image-column": {
      kind: "text",
      value: "NAME",
      help: "column with the path of a picture; left out: name",
    },
    "detect-always": { kind: "flag", help: "for a run that was made with it" },
    points: {
      kind: "integer",
      help: "most points; beyond it whole identities are drawn, those of the hardest pairs first",
      least: 3,
      most: 20_000,
      default: 5000,
    },
    seed: { kind: "integer", help: "seed of sample and layout", default: 1 },
    out: { kind: "text", value: "FILE", help: "HTML file; left out: explore.html in the run folder" },
  },
  examples: [
    "facenet-lab explore runs/walk-synthetic-usual-seed1",
    "facenet-lab walk --snapshots 6 --out runs/film && facenet-lab explore runs/film",
    "facenet-lab explore --embeddings E.npy --labels L.csv --images photos --out space.html",
  ],
  run: async (context) => {
    const { progress, signal } = context;
    const run = context.positionals[0];
    const out = outOf(context, run);
    const input = await inputOf(context, run);
    const data = await exploreStage(input, {
      points: context.number("points"),
      seed: context.number("seed"),
      progress,
      signal,
    });
    writeExplorer(out, data);
    const bytes = statSync(out).size;
    const json = {
      out,
      bytes,
      points: data.names.length,
      images: input.labels.length,
      identities: new Set(data.labels).size,
      epochs: data.epochs.map(({ label }) => label),
      columns: [...data.columns.keys()],
      notes: data.notes,
    };
    const text = [
      `${json.points} of ${json.images} images, ${json.identities} identities, ${json.epochs.length} checkpoint(s), ${(bytes / 1e6).toFixed(1)} MB`,
      `open ${out}`,
    ];
    return { json, text: text.join("\n") };
  },
};

function outOf(context: CommandContext, run: string | undefined): string {
  if ((run === undefined) === (context.text("embeddings") === undefined)) {
    throw new UsageError("Give either a run folder or --embeddings with --labels");
  }
  const unused = TABLE_OPTIONS.find((option) => run !== undefined && context.text(option) !== undefined);
  if (unused) throw new UsageError(`Cannot use --${unused} with a run: it needs --embeddings FILE.npy`);
  const out = context.text("out");
  return resolve(
    out ?? (run === undefined ? required(context, "out", "the HTML file") : join(run, "explore.html")),
  );
}

function inputOf(context: CommandContext, run: string | undefined): Promise<ExploreInput> | ExploreInput {
  const { progress, signal } = context;
  const useLandmarks = !context.flag("detect-always");
  if (run !== undefined) return exploreRun(resolve(run), { useLandmarks, progress, signal });
  if (!useLandmarks) throw new UsageError("Cannot use --detect-always without a run");
  if (!context.given("images"))
    refuseGiven(context, ["image-column"], "without --images: it says which of them a row shows");
  return exploreTable(
    required(context, "embeddings", "a .npy file"),
    required(context, "labels", "the CSV of its rows"),
    {
      earlier: context.text("epochs")?.split(","),
      images: context.text("images"),
      imageColumn: context.text("image-column"),
    },
  );
}
