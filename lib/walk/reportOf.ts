import { readFile } from "node:fs/promises";
import type { AlignedSet } from "../align/alignDataSet";
import type { SkippedItem } from "../data/dataset";
import { cropOf } from "../figures/sprites";
import { decodeImage } from "../image/codec";
import type { Raster } from "../image/raster";
import type { ReportData } from "../report/reportData";
import { objectives } from "../train/objectives";
import type { Trainer } from "../train/trainer";
import { troubleText } from "../train/trouble";
import type { Evaluation } from "./evaluateStage";
import { countLeftOut, leftOutOfPrepared, shownLeftOut } from "./leftOut";
import type { Prepared } from "./prepare";
import type { MapOfEmbeddings } from "./projectStage";
import { summaryCards, type WalkSummary } from "./summary";

/** Pictures of the alignment section. */
const EXAMPLES = 8;
/** Pairs of each gallery. */
const GALLERY = 18;

/** What a reader has to know about the curves. */
const DISTANCES = "Read the loss beside the distances: positives must sink while negatives stay apart.";
const TRIPLETS = `A loss that stays at the margin means collapse, and one that falls may only mean that easy triplets remain. ${DISTANCES}`;

/** Everything that the report shows, from the results of the walk. */
export async function reportDataOf(
  prepared: Prepared,
  trainer: Trainer,
  evaluation: Evaluation,
  map: MapOfEmbeddings,
  summary: WalkSummary,
  command: string = "facenet-lab walk",
): Promise<ReportData> {
  const { verification: v, hardest } = evaluation;
  const { dataSet } = prepared.opened;
  const { objective } = trainer.settings;
  return {
    title: `${dataSet.name}: from images to an embedding map`,
    subtitle: `A net of ${summary.training.parameters.toLocaleString("en")} weights, trained from random weights with the loss ${objective.name}, ${objectives[objective.name].summary}, tested on identities that it never saw.`,
    cards: summaryCards(summary),
    paragraphs: paragraphsOf(prepared, summary),
    alignment: {
      text:
        dataSet.kind === "drawings"
          ? "Alignment is skipped: these are drawings, not faces. Each one is only scaled to the net's input."
          : `Each face is brought into the same place (mode: ${summary.alignment.mode}). Where no face is found, the centre of the image is used.`,
      counts: summary.alignment.counts,
      examples: await examplesOf(prepared),
    },
    training: objective.name === "triplet" ? TRIPLETS : DISTANCES,
    history: trainer.history,
    verification: {
      distances: evaluation.distances,
      same: prepared.pairs.same,
      threshold: v.threshold,
      auc: v.auc,
      roc: evaluation.roc.points,
      operating: evaluation.allPairs.points,
    },
    identification: identificationOf(evaluation),
    crops: prepared.test.crops,
    map: {
      rows: map.rows,
      umap: map.umap.data,
      pca: map.pca.data,
      explained: map.explained,
      hardPositives: map.hardPositives,
      hardNegatives: map.hardNegatives,
    },
    hardest: {
      positives: hardest.positives.slice(0, GALLERY),
      negatives: hardest.negatives.slice(0, GALLERY),
    },
    leftOut: { items: shownLeftOut(summary.data.leftOut ?? []), count: leftOutOfPrepared(prepared).length },
    stages: summary.seconds,
    settings: { ...prepared.train.report.settings, ...trainer.settings },
    versions: summary.versions,
    command,
  };
}

function identificationOf({ identification, openSet }: Evaluation): ReportData["identification"] {
  const { cmc, cmcOverIdentities, cmcIntervals } = identification;
  const intervals = cmcOverIdentities ?? cmcIntervals;
  return {
    cmc: [{ name: "leave one out", cmc, intervals }],
    openSet: openSet ? { ...openSet.open, closed: openSet.closed.rank1 } : undefined,
  };
}

function paragraphsOf(prepared: Prepared, summary: WalkSummary): string[] {
  const { data, allPairs, verification: v } = summary;
  const texts = [
    `Protocol: ${summary.protocol}. ${data.trainImages.toLocaleString("en")} images of ${data.trainIdentities.toLocaleString("en")} identities train, ${data.testImages.toLocaleString("en")} images of ${data.testIdentities.toLocaleString("en")} others test; no identity is on both sides.`,
    `The ${v.pairs.toLocaleString("en")} listed pairs lie in ${prepared.pairs.folds} folds; the accuracy is the mean over the folds, each judged with the threshold that is best on the other folds. VAL and FAR are counted over all ${(allPairs.samePairs + allPairs.differentPairs).toLocaleString("en")} pairs of test images. The held-out curve below uses test pairs to be looked at: no setting was chosen by it during this run.`,
  ];
  for (const trouble of summary.training.troubles ?? [])
    texts.push(`The training was in trouble when it ended: ${troubleText(trouble)}`);
  const text = leftOutText(leftOutOfPrepared(prepared), prepared.lostPairs);
  return text ? [...texts, text] : texts;
}

/** What was left out, in a sentence; undefined where nothing was. */
function leftOutText(items: readonly SkippedItem[], lostPairs: number): string | undefined {
  if (items.length === 0) return undefined;
  const { files, folders } = countLeftOut(items);
  const counted = (n: number, what: string): string[] =>
    n > 0 ? [`${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`] : [];
  const what = [...counted(files, "file"), ...counted(folders, "folder")].join(" and ");
  const [were, they] = items.length === 1 ? ["was", "it"] : ["were", "they"];
  const lost =
    lostPairs > 0 ? `; ${lostPairs} listed pairs were lost with ${they === "it" ? "it" : "them"}` : "";
  return `${what} ${were} left out because ${they} could not be used${lost}. The record at the end of this page names what was left out.`;
}

/** Some test images before and after, evenly spread. */
async function examplesOf({
  opened,
  test,
}: Prepared): Promise<{ before: Raster; after: Raster; name: string }[]> {
  const count = Math.min(EXAMPLES, test.itemIndex.length);
  const rows = Array.from({ length: count }, (_, i) =>
    Math.floor(((i + 0.5) * test.itemIndex.length) / count),
  );
  return Promise.all(rows.map(async (row) => example(opened, test, row)));
}

async function example(
  { dataSet }: Prepared["opened"],
  test: AlignedSet,
  row: number,
): Promise<{ before: Raster; after: Raster; name: string }> {
  const item = dataSet.items[test.itemIndex[row]];
  const before =
    "image" in item.source
      ? item.source.image
      : await decodeImage(await readFile(item.source.path), item.name);
  return { before, after: cropOf(test.crops, row), name: item.name };
}
