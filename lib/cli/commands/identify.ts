import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkFolderFree, writeFolderAtomic } from "../../core/files";
import { createRandom } from "../../core/random";
import { engineProducts } from "../../engine/products";
import type { Interval } from "../../evaluate/bootstrap";
import { type IdentificationResult, identify } from "../../evaluate/identification";
import { type KnnResult, knnIdentification, type VoteRule, voteRules } from "../../evaluate/knn";
import { type ClosedAndOpen, closedAndOpen } from "../../evaluate/openSet";
import { drawOpenSet, type OpenSetSplit } from "../../evaluate/openSetSplit";
import { closedOpenFigure } from "../../figures/closedOpenFigure";
import { cmcFigure } from "../../figures/cmcFigure";
import { dirFigure } from "../../figures/dirFigure";
import { figureSvg } from "../../figures/still";
import type { Command, CommandContext } from "../command";
import { type EmbeddingSource, embeddingOptions, openEmbeddings } from "../embeddingSource";

const figureFiles = ["cmc.svg", "dir.svg", "closed-open.svg"];

export const identifyCommand: Command = {
  name: "identify",
  summary: "who is it: k-NN, rank-k and CMC; gallery, known probes and strangers with DIR at FAR",
  options: {
    ...embeddingOptions,
    k: { kind: "integer", help: "neighbours that vote", least: 1, default: 1 },
    vote: { kind: "text", value: "RULE", help: "how they vote", choices: voteRules, default: "majority" },
    ranks: { kind: "integer", help: "ranks of the CMC", least: 1, most: 1000, default: 10 },
    "gallery-images": { kind: "integer", help: "enrolled images of each identity", least: 1, default: 1 },
    strangers: {
      kind: "number",
      help: "share of the identities with enough images that is kept unknown",
      least: 0.01,
      most: 0.99,
      default: 0.5,
    },
    far: {
      kind: "number",
      value: "F",
      help: "false-alarm rate of the operating point; left out: 0.1, 0.01 and 0.001 where they can be measured",
      least: 1e-9,
      most: 0.999999,
    },
    out: { kind: "text", value: "DIR", help: `folder for the figures ${figureFiles.join(", ")}` },
  },
  examples: [
    "facenet-lab identify --embeddings my-embeddings --k 5 --vote distance",
    "facenet-lab identify --embeddings E.npy --labels L.csv --far 0.01 --json",
    "facenet-lab identify --model runs/lfw/model --data lfw --out figures",
  ],
  run: async (context) => {
    const given = context.text("out");
    const out = given === undefined ? undefined : resolve(given);
    if (out) checkFolderFree(out, figureFiles);
    const source = await openEmbeddings(context);
    const result = measure(context, source);
    if (out) saveFigures(out, result);
    const { split, knn, leaveOneOut, closed, open } = result;
    const k = context.number("k");
    const vote = context.text("vote");
    const json = {
      model: source.model,
      images: source.vectors.rows,
      identities: source.identities.length,
      leaveOneOut,
      knn: { k, vote, accuracy: knn.accuracy, interval: knn.interval, probes: knn.probes },
      protocol: {
        gallery: split.gallery.length,
        known: split.known.length,
        strangers: split.strangers.length,
      },
      closed,
      open: {
        ...open,
        curve: open.curve.map((p) => (Number.isFinite(p.threshold) ? p : { ...p, threshold: null })),
      },
      ...(out && { out }),
    };
    return { json, text: text(result, `${k}-NN (${vote})`, out) };
  },
};

interface Measured extends ClosedAndOpen {
  readonly split: OpenSetSplit;
  readonly knn: KnnResult;
  readonly leaveOneOut: IdentificationResult;
}

function measure(context: CommandContext, { vectors, labels }: EmbeddingSource): Measured {
  const products = engineProducts;
  const ranks = context.number("ranks");
  const far = context.number("far");
  const random = createRandom(context.number("seed") ?? 1).fork("open set");
  const split = drawOpenSet(labels, random, {
    strangers: context.number("strangers"),
    galleryImages: context.number("gallery-images"),
  });
  const vote = context.text("vote") as VoteRule;
  return {
    split,
    knn: knnIdentification(vectors, labels, { k: context.number("k"), vote, products }),
    leaveOneOut: identify(vectors, labels, { ranks, products, random: random.fork("probes") }),
    ...closedAndOpen(vectors, labels, split, {
      ranks,
      products,
      random,
      fars: far === undefined ? undefined : [far],
    }),
  };
}

function saveFigures(out: string, { leaveOneOut, closed, open }: Measured): void {
  const cmc = cmcFigure([
    {
      name: "gallery and probes",
      cmc: closed.cmc,
      intervals: closed.cmcOverIdentities ?? closed.cmcIntervals,
    },
    {
      name: "leave one out",
      cmc: leaveOneOut.cmc,
      intervals: leaveOneOut.cmcOverIdentities ?? leaveOneOut.cmcIntervals,
    },
  ]);
  const dir = dirFigure({ ...open, closed: closed.rank1 });
  const both = closedOpenFigure(
    {
      name: "closed set, rank 1",
      rate: closed.rank1,
      interval: closed.cmcOverIdentities?.[0] ?? closed.interval,
    },
    open.points.map(({ askedFar, dir: rate, interval, dirOverIdentities = interval }) => ({
      name: `open set, FAR ${askedFar}`,
      rate,
      interval: dirOverIdentities,
    })),
  );
  writeFolderAtomic(out, figureFiles, (temporary) => {
    [cmc, dir, both].forEach((figure, i) => {
      writeFileSync(join(temporary, figureFiles[i]), figureSvg(figure));
    });
  });
}

function text({ split, knn, leaveOneOut, closed, open }: Measured, rule: string, out?: string): string {
  const share = (rate: number, wilson: Interval, overIdentities?: Interval): string => {
    const [low, high] = (overIdentities ?? wilson).map((end) => (100 * end).toFixed(2));
    const kind = overIdentities ? "over identities" : "Wilson";
    return `${(100 * rate).toFixed(2)} % (95 % ${kind}: ${low} to ${high})`;
  };
  return [
    `leave one out   rank-1 ${share(leaveOneOut.rank1, leaveOneOut.interval, leaveOneOut.cmcOverIdentities?.[0])} of ${leaveOneOut.probes} probes, rank-${leaveOneOut.cmc.length} ${(100 * leaveOneOut.cmc[leaveOneOut.cmc.length - 1]).toFixed(2)} %`,
    `${rule.padEnd(15)} ${share(knn.accuracy, knn.interval)}`,
    `protocol        ${split.gallery.length} enrolled images, ${split.known.length} known probes, ${split.strangers.length} strangers`,
    `closed set      rank-1 ${share(closed.rank1, closed.interval, closed.cmcOverIdentities?.[0])}`,
    ...open.points.map(
      (p) =>
        `open set        DIR ${share(p.dir, p.interval, p.dirOverIdentities)} at FAR ${p.askedFar} (${p.falseAlarms} of ${open.strangers} strangers pass, threshold ${p.threshold.toFixed(3)})`,
    ),
    `                smallest measurable FAR ${open.smallestFar.toExponential(2)}; distances are squared L2`,
    ...(out ? [`figures in ${out}`] : []),
  ].join("\n");
}
