import { basename, dirname, join, resolve } from "node:path";
import { writeFileAtomic } from "../core/files";
import type { PairList } from "../data/dataset";
import { pairDistances } from "../evaluate/distances";
import type { HardPair } from "../evaluate/hardest";
import type { OneShotResult } from "../evaluate/oneShot";
import { rocFigure } from "../figures/rocFigure";
import { figureSvg } from "../figures/still";
import { type PagePair, sectionPageHtml } from "../report/sectionPage";
import type { ClipEvaluation } from "../walk/clipStage";
import type { RowsEvaluation } from "../walk/evaluateRows";
import { evaluationMarkdown } from "../walk/evaluationMarkdown";
import { evaluationPage } from "../walk/evaluationPage";
import type { EvaluationFacts } from "../walk/evaluationText";
import type { CommandContext } from "./command";
import type { EmbeddingSource } from "./embeddingSource";
import { rowPictures } from "./rowPictures";

/** All that the command measures. */
export interface Evaluated {
  readonly facts: EvaluationFacts;
  readonly evaluation: RowsEvaluation;
  readonly clips: readonly ClipEvaluation[];
  readonly oneShot?: OneShotResult;
}

/** Writes the Markdown and its figure where they are wanted; gives the path. */
export function saveMarkdown(
  context: CommandContext,
  { facts, evaluation, clips }: Evaluated,
): string | undefined {
  const given = context.text("markdown");
  if (given === undefined) return undefined;
  const path = resolve(given);
  const { auc, roc, points } = evaluation.allPairs;
  const figure = rocFigure({ points: roc, auc, operating: points, name: "every FAR" });
  const file = `${basename(path).replace(/\.md$/, "")}-roc.svg`;
  writeFileAtomic(join(dirname(path), file), figureSvg(figure));
  writeFileAtomic(path, evaluationMarkdown(facts, evaluation, clips, [{ file, alt: figure.alt }]));
  return path;
}

/** Writes the page where it is wanted; gives the path. */
export async function savePage(
  context: CommandContext,
  input: EmbeddingSource,
  list: PairList | undefined,
  { facts, evaluation, clips, oneShot }: Evaluated,
  command: string,
): Promise<string | undefined> {
  const given = context.text("html");
  if (given === undefined) return undefined;
  const { vectors, labels, identities, names } = input;
  const { hardest } = evaluation;
  const rows = [...hardest.positives, ...hardest.negatives].flatMap(({ first, second }) => [first, second]);
  const pictures = await rowPictures(context, input, rows);
  const pagePair = ({ first, second, distance }: HardPair): PagePair => {
    const shown = [pictures.get(first), pictures.get(second)];
    // The name of an image in a folder begins with its identity.
    const of = (row: number): string => {
      const [identity, name = `row ${row}`] = [identities[labels[row]], names?.[row]];
      return name.startsWith(identity) ? name : `${identity} (${name})`;
    };
    return {
      ...(shown[0] && shown[1] && { pictures: [shown[0], shown[1]] as const }),
      distance,
      same: labels[first] === labels[second],
      names: [of(first), of(second)],
    };
  };
  const page = evaluationPage({
    facts,
    evaluation,
    distances: list && pairDistances(vectors, list.first, list.second),
    same: list?.same,
    clips,
    oneShot,
    hardest: {
      positives: hardest.positives.map(pagePair),
      negatives: hardest.negatives.map(pagePair),
    },
    command,
  });
  const path = resolve(given);
  writeFileAtomic(path, await sectionPageHtml(page));
  return path;
}
