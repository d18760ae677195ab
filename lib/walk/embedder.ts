import { existsSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../core/errors";
import type { Matrix } from "../core/matrix";
import type { LongWork } from "../core/progress";
import type { CropSet } from "../data/dataset";
import { embedCrops } from "../train/embed";
import { loadModel } from "../train/modelFolder";
import { namesAmong } from "../train/trainedPeople";
import type { EmbedderFacts } from "./modelInput";
import { openReference } from "./reference";

/** Something that turns aligned crops into unit vectors: a model that was trained here, or the reference. Dispose it when done. */
export interface Embedder extends EmbedderFacts {
  /** All crops, or the `rows` of them in that order: N×D, unit rows, compared by squared L2. */
  embed(crops: CropSet, options?: LongWork & { readonly rows?: ArrayLike<number> }): Promise<Matrix>;
  /** Those of the names that training identities had, by a model that knows. */
  readonly trainedOn?: (names: Iterable<string>) => string[];
  /** What a model of this package was trained on: the data set's name, and its protocol. */
  readonly trainingData?: string;
  dispose(): void;
}

/** Notes where a model meets names of people that it was trained on: scores on them flatter it. */
export function noteTrainedPeople(
  { trainedOn }: Embedder,
  names: Iterable<string>,
  note: (line: string) => void,
): void {
  const all = new Set(names);
  const known = trainedOn?.(all) ?? [];
  if (known.length === 0) return;
  const shown = known.slice(0, 3).join(", ");
  note(
    `careful: ${known.length} of these ${all.size} people have names of people that the model was trained on (${shown}${known.length > 3 ? ", …" : ""}); scores on them flatter it`,
  );
}

/** The name that stands for the reference in place of a model folder. */
export const REFERENCE = "reference";

/** Help of every option that names a model. */
export const MODEL_HELP: string = `model folder, for example runs/first/model; or ${REFERENCE}: dlib's ResNet, trained elsewhere, 99 % on LFW`;

/**
 * Opens a model folder (and notes what was wrong with its training), or with the name `reference` the pretrained net of @vladmandic/face-api. Throws a LabError when it cannot be loaded, with a hint where a
 * run folder was named instead of the model in it.
 */
export async function openEmbedder(
  name: string,
  options: { readonly note?: (line: string) => void } = {},
): Promise<Embedder> {
  if (name === REFERENCE) return openReference();
  if (!existsSync(join(name, "card.json")) && existsSync(join(name, "model", "card.json"))) {
    throw new LabError(
      `Cannot load the model ${name}: this is a run folder, its model is ${join(name, "model")}`,
    );
  }
  const { card, net } = loadModel(name);
  for (const trouble of card.training.troubles) {
    options.note?.(
      `careful: the training of model ${card.id} ended in trouble, ${trouble.name} since step ${trouble.since}`,
    );
  }
  const { mirrorAverage } = card.embedding;
  const { people, data } = card.training;
  return {
    id: card.id,
    input: card.input,
    trainedOn: people === undefined ? undefined : (names) => namesAmong(people, names),
    trainingData: data,
    embed: (crops, options) => embedCrops(net, crops, { ...options, mirrorAverage }),
    dispose: () => net.dispose(),
  };
}
