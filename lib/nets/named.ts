import { laptopInceptionNet, laptopNet, laptopSmallNet, laptopWideNet } from "./laptopNets";
import { nn1, nn2, nn3, nn4, nns1, nns2, table6Net } from "./paperNets";
import { type NetSpec, withBatchNorm } from "./spec";

export type NetName =
  | "laptop"
  | "laptop-small"
  | "laptop-wide"
  | "laptop-inception"
  | "NN1"
  | "NN2"
  | "NN3"
  | "NN4"
  | "NNS1"
  | "NNS2"
  | "Table6";

/** Every net by name, so that the trainer, the command line and notebooks swap them. */
const nets: Readonly<Record<NetName, (options: Omit<NamedNetOptions, "batchNorm">) => NetSpec>> = {
  laptop: laptopNet,
  "laptop-small": laptopSmallNet,
  "laptop-wide": laptopWideNet,
  "laptop-inception": laptopInceptionNet,
  NN1: nn1,
  NN2: nn2,
  NN3: nn3,
  NN4: nn4,
  NNS1: nns1,
  NNS2: nns2,
  Table6: table6Net,
};

export const netNames: readonly NetName[] = Object.keys(nets) as NetName[];

/** Options that every named net takes. */
export interface NamedNetOptions {
  /** Side of the input in pixels, 16 to 512; default the net's own. */
  readonly inputSize?: number;
  /** 3 for RGB (default), 1 for grey. */
  readonly channels?: 1 | 3;
  /** Dimension D of the embedding, 2 to 4096; default 128 (Table 5 of the paper compares 64, 128, 256 and 512). */
  readonly embedding?: number;
  /** Adds batch normalisation where the paper's nets have none; default false. The laptop nets have it already. */
  readonly batchNorm?: boolean;
}

/** A net by name. Throws a RangeError for an unknown name or an option out of range. */
export function namedNet(name: NetName, options: NamedNetOptions = {}): NetSpec {
  const { batchNorm = false, ...rest } = options;
  if (!Object.hasOwn(nets, name)) {
    throw new RangeError(
      `Cannot make a net: the name must be one of ${netNames.join(", ")}, current value is ${String(name)}`,
    );
  }
  check("the input size", options.inputSize, 16, 512);
  check("the embedding size", options.embedding, 2, 4096);
  const spec = nets[name](rest);
  return batchNorm && !name.startsWith("laptop") ? withBatchNorm(spec) : spec;
}

function check(what: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new RangeError(
    `Cannot make a net: ${what} must be an integer from ${least} to ${most}, current value is ${value}`,
  );
}
