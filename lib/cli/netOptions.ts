import { withoutUndefined } from "../core/defined";
import { messageOf, UsageError } from "../core/errors";
import { type NetName, namedNet, netNames } from "../nets/named";
import type { NetChoice } from "../walk/trainStage";
import type { CommandContext } from "./command";
import type { OptionTable } from "./options";

export const netOptions: OptionTable = {
  net: { kind: "text", value: "NAME", help: "net to train; left out: laptop", choices: netNames },
  embedding: { kind: "integer", help: "dimension of the embedding; left out: 128", least: 2, most: 4096 },
  "batch-norm": { kind: "flag", help: "batch normalisation in a net of the paper, which has none" },
};

/** The net that was asked for, and the input size that belongs to it. */
export function netOf(context: CommandContext): NetChoice {
  return withoutUndefined({
    name: context.text("net") as NetName | undefined,
    embedding: context.number("embedding"),
    batchNorm: context.flag("batch-norm") ? true : undefined,
  });
}

/** The size that was given, or else the net's own. Throws a UsageError for one that the net cannot take. */
export function inputSizeOf({ name = "laptop", ...options }: NetChoice, given: number | undefined): number {
  try {
    return namedNet(name, { ...options, inputSize: given }).inputSize;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}
