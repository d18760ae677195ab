import type { AlignOptions } from "../align/alignDataSet";
import { LabError } from "../core/errors";
import type { DataSet } from "../data/dataset";

/** What made embeddings, and how an image becomes its input. A model's card is one. */
export interface EmbedderFacts {
  readonly id: string;
  /** Pixels. */
  readonly input: {
    readonly size: number;
    readonly margin: number;
    readonly channels: 1 | 3;
    readonly alignment: string;
    readonly template: string;
  };
}

/**
 * The alignment that a model was trained with. Throws a LabError when the caller asks for another one, or when drawings meet a model for faces: crops that
 * do not match the training are the commonest silent error in using such models.
 */
export function alignmentOf(
  { id, input }: EmbedderFacts,
  dataSet: DataSet,
  asked: AlignOptions = {},
): AlignOptions {
  const refuse = (what: string, wanted: unknown, value: unknown): never => {
    throw new LabError(
      `Cannot use model ${id} here: ${what} must be ${String(wanted)} as in its training, current value is ${String(value)}`,
    );
  };
  if (asked.mode !== undefined && asked.mode !== input.alignment)
    refuse("the alignment mode", input.alignment, asked.mode);
  if (asked.size !== undefined && asked.size !== input.size) refuse("the size", input.size, asked.size);
  if (asked.template !== undefined && asked.template !== input.template)
    refuse("the template", input.template, asked.template);
  if (dataSet.kind === "drawings" && input.alignment !== "none") refuse("the data", "faces", "drawings");
  return {
    mode: input.alignment as AlignOptions["mode"],
    size: input.size,
    margin: input.margin,
    channels: input.channels,
    ...(input.template === "none" ? {} : { template: input.template }),
    useLandmarks: asked.useLandmarks,
  };
}
