import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { LabError, messageOf } from "../../core/errors";
import { checkFolderFree, writeFolderAtomic } from "../../core/files";
import { identityNames } from "../../data/dataset";
import { openDataSet } from "../../data/open";
import type { HardPair } from "../../evaluate/hardest";
import type { Score } from "../../evaluate/labelErrors";
import { errorAtlasHtml } from "../../report/errorAtlas";
import { MODEL_HELP, noteTrainedPeople, openEmbedder } from "../../walk/embedder";
import { analyseErrors, atlasSections, type ErrorAnalysis, suspectsOf } from "../../walk/errorStage";
import { decodeMarks, encodeSuspects, type Mark } from "../../walk/marks";
import { embedPairImages, type PairImages } from "../../walk/pairImages";
import { type Command, type CommandContext, commandLine } from "../command";
import { testedData } from "../embeddingSource";
import { alignOptions, alignOptionsOf, dataOptions, protocolOf, protocolOptions, required } from "../shared";

const FILES = ["atlas.html", "errors.json", "suspects.csv"];

export const errorsCommand: Command = {
  name: "errors",
  summary: "what a model gets wrong, as pictures; suspected labels to mark, and the score without them",
  options: {
    ...dataOptions,
    ...protocolOptions,
    ...alignOptions,
    model: { kind: "text", value: "DIR", help: MODEL_HELP },
    out: { kind: "text", value: "DIR", help: `folder for ${FILES.join(", ")}` },
    marks: {
      kind: "text",
      value: "FILE",
      help: "suspects whose first column says wrong or right; they go before those in suspects.csv of an earlier run in the folder, which are kept",
    },
    count: { kind: "integer", help: "hardest pairs of each kind", least: 1, most: 1000, default: 24 },
  },
  examples: [
    "facenet-lab errors --model runs/first/model --out errors",
    "facenet-lab errors --model reference --data lfw --protocol view2-all --detect-always --out lfw-errors",
  ],
  run: async (context) => {
    const out = resolve(required(context, "out", "the folder of the atlas"));
    checkFolderFree(out, FILES);
    const { progress, signal } = context;
    const embedder = await openEmbedder(required(context, "model", "a model folder, or reference"), context);
    try {
      const opened = await openDataSet(testedData(context, embedder), { progress, signal });
      const images = await embedPairImages(embedder, opened, {
        protocol: protocolOf(context),
        seed: context.number("seed"),
        align: alignOptionsOf(context),
        progress,
        signal,
      });
      const { crops } = images.aligned;
      noteTrainedPeople(embedder, identityNames(crops), context.note);
      context.endAtOnce();
      const marks = readMarks(context, out, images);
      const analysis = analyseErrors(images.x, crops.labels, images.pairs, {
        marks,
        count: context.number("count"),
      });
      const json = jsonOf(analysis, images, embedder.id);
      const html = await errorAtlasHtml({
        title: `What goes wrong on ${opened.dataSet.name}`,
        subtitle: `${images.protocol}; embeddings of ${embedder.id}`,
        cards: cardsOf(analysis),
        sections: atlasSections(analysis, images.pairs, crops, { marks }),
        crops,
        command: commandLine(context, errorsCommand),
      });
      writeFolderAtomic(out, FILES, (folder) => {
        writeFileSync(join(folder, "atlas.html"), html);
        writeFileSync(join(folder, "errors.json"), `${JSON.stringify(json, null, 2)}\n`);
        const suspects = suspectsOf(analysis, images.pairs, crops.names, marks);
        writeFileSync(join(folder, "suspects.csv"), encodeSuspects(suspects));
      });
      return { json: { out, ...json }, text: textOf(analysis, images, out) };
    } finally {
      embedder.dispose();
    }
  },
};

/** Marks of an earlier run in the folder, and those of the file that was named over them: a mark is never lost by running again. */
function readMarks(context: CommandContext, out: string, { pairs, aligned }: PairImages): Map<number, Mark> {
  const earlier = join(out, "suspects.csv");
  const paths = [existsSync(earlier) ? earlier : undefined, context.text("marks")];
  const read = (path: string | undefined): Iterable<[number, Mark]> =>
    path === undefined ? [] : decodeMarks(readText(path), path, pairs, aligned.crops.names);
  return new Map(paths.flatMap((path) => [...read(path)]));
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new LabError(`Cannot read the marks ${path}: ${messageOf(error)}`);
  }
}

function jsonOf(
  { verification: v, errors, suspects, distances, hardest, rescored }: ErrorAnalysis,
  { protocol, pairs, aligned, lostPairs }: PairImages,
  model: string,
): object {
  const { names } = aligned.crops;
  const named = (pair: number): object => ({
    first: names[pairs.first[pair]],
    second: names[pairs.second[pair]],
    distance: distances[pair],
  });
  const hard = ({ first, second, distance }: HardPair): object => ({
    first: names[first],
    second: names[second],
    distance,
  });
  return {
    model,
    protocol,
    alignment: aligned.report.counts,
    lostPairs,
    verification: v,
    errors: errors.map(({ pair, kind, threshold }) => ({
      kind,
      ...named(pair),
      threshold,
      fold: pairs.fold[pair],
    })),
    suspects: suspects.map((pair) => ({ same: pairs.same[pair] === 1, ...named(pair) })),
    hardest: { positives: hardest.positives.map(hard), negatives: hardest.negatives.map(hard) },
    rescored,
  };
}

type Accuracy = Pick<Score, "accuracy" | "standardError">;

/** With a space that does not break. */
const share = (value: number): string => `${(100 * value).toFixed(2)}\u00a0%`;
const plusMinus = ({ standardError }: Accuracy): string => `± ${(100 * standardError).toFixed(2)}`;

function percent({ accuracy, standardError }: Accuracy): string {
  return `${(100 * accuracy).toFixed(2)} % ± ${(100 * standardError).toFixed(2)}`;
}

function countOf({ errors }: ErrorAnalysis, kind: string): number {
  return errors.filter((error) => error.kind === kind).length;
}

function cardsOf(analysis: ErrorAnalysis): { label: string; value: string; detail: string }[] {
  const { verification: v, rescored, suspects } = analysis;
  const [accepts, rejects] = [countOf(analysis, "false accept"), countOf(analysis, "false reject")];
  const marked = [
    {
      label: "labels turned",
      value: share(rescored.relabelled.accuracy),
      detail: `${plusMinus(rescored.relabelled)}; ${rescored.wrong} marked wrong`,
    },
    {
      label: "left out",
      value: share(rescored.leftOut.accuracy),
      detail: `${plusMinus(rescored.leftOut)}; ${rescored.leftOut.pairs} pairs`,
    },
    {
      label: "ceiling",
      value: share(rescored.ceiling),
      detail: "a perfect judge on the labels as they are",
    },
  ];
  return [
    { label: "accuracy", value: share(v.accuracy), detail: `${plusMinus(v)}; ${v.pairs} pairs` },
    { label: "false accepts", value: String(accepts), detail: "two identities taken for one" },
    { label: "false rejects", value: String(rejects), detail: "one identity taken for two" },
    { label: "suspected labels", value: String(suspects.length), detail: "to be looked at" },
    ...(rescored.wrong > 0 ? marked : []),
  ];
}

function textOf(analysis: ErrorAnalysis, { protocol, lostPairs }: PairImages, out: string): string {
  const { verification: v, suspects, rescored } = analysis;
  const lost = lostPairs > 0 ? `, ${lostPairs} left out as unreadable` : "";
  return [
    `protocol   ${protocol}`,
    `accuracy   ${percent(v)} (${v.pairs} pairs${lost}), AUC ${v.auc.toFixed(4)}`,
    `errors     ${countOf(analysis, "false accept")} false accepts, ${countOf(analysis, "false reject")} false rejects`,
    `suspected  ${suspects.length} labels, in ${join(out, "suspects.csv")}`,
    ...(rescored.wrong > 0
      ? [
          `turned     ${percent(rescored.relabelled)} with ${rescored.wrong} labels marked wrong; left out ${percent(rescored.leftOut)}; ceiling ${(100 * rescored.ceiling).toFixed(2)} %`,
        ]
      : []),
    `pictures   ${join(out, "atlas.html")}`,
  ].join("\n");
}
