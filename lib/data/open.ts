import { LabError } from "../core/errors";
import type { LongWork } from "../core/progress";
import type { DataSet, Protocol } from "./dataset";
import { loadFolder } from "./folder";
import { findLfw, isLfw, lfwView1, lfwView2, loadLfw } from "./lfw";
import { isOmniglot, loadOmniglot, type OneShotItems, omniglotProtocol } from "./omniglot";
import { splitByIdentity } from "./split";
import { isGenerated, openSynthetic, syntheticFolder } from "./synthetic";

/**
 * Protocols by name; `auto` is the usual one of the layout: Omniglot's own, LFW's View 1, or a split by identity. `view2` tests two folds and trains on the
 * identities outside them; `view2-all` tests all ten, for a model that was trained elsewhere. `transfer` is the other half of that: it trains on 97 % of the
 * identities, because the test is another data set.
 */
export type ProtocolName = "auto" | "split" | "transfer" | "view1" | "view2" | "view2-all";

export const protocolNames: readonly ProtocolName[] = [
  "auto",
  "split",
  "transfer",
  "view1",
  "view2",
  "view2-all",
];

/** Share of the identities that `transfer` keeps back: enough to watch the training, and nothing is chosen by it. */
const KEPT_BACK = 0.03;

/** Who trains and who is tested. */
export interface ProtocolChoice {
  /** Default `auto`. */
  readonly name?: ProtocolName;
  readonly seed?: number;
  /** Folds (0-based) that `view2` tests; default the first two. */
  readonly folds?: readonly number[];
}

/** A data set whose layout was recognised, with the protocols that it allows. */
export interface OpenedData {
  readonly dataSet: DataSet;
  readonly layout: "synthetic" | "omniglot" | "lfw" | "folder";
  /** Omniglot's official one-shot runs, as item indices; empty otherwise. */
  readonly oneShotRuns: readonly OneShotItems[];
  protocol(options?: ProtocolChoice): Protocol;
}

/**
 * Opens what a reader names: nothing or `synthetic` is the generated set in data/synthetic (drawn there first if need be), `omniglot` the embedded one, `lfw`
 * the LFW that is found on this machine, else a folder: a generated set, LFW's or Omniglot's official layout, or one folder per identity. Downloads nothing.
 * Throws a LabError for data that cannot be found or read, and for a set that `facenet-lab generate` did not end.
 */
export async function openDataSet(where: string | undefined, work: LongWork = {}): Promise<OpenedData> {
  if (where === "omniglot" || (where !== undefined && isOmniglot(where))) {
    const { dataSet, runs } = loadOmniglot(where === "omniglot" ? undefined : where);
    return {
      dataSet,
      layout: "omniglot",
      oneShotRuns: runs,
      protocol: ({ name = "auto", seed = 1 } = {}) => {
        refuseLfwNames(name, "Omniglot");
        return splitNamed(name, dataSet, seed) ?? omniglotProtocol(dataSet, seed);
      },
    };
  }
  const folder = where === "lfw" ? findLfw() : where === "synthetic" ? undefined : where;
  if (where === "lfw" && folder === undefined) {
    throw new LabError(
      'Cannot find LFW: it must lie in data/lfw or where FACENET_LAB_LFW says. "facenet-lab data lfw" downloads it.',
    );
  }
  if (folder !== undefined && isLfw(folder)) {
    const dataSet = await loadLfw(folder, work);
    return {
      dataSet,
      layout: "lfw",
      oneShotRuns: [],
      protocol: ({ name = "auto", seed = 1, folds = [0, 1] } = {}) => {
        const split = splitNamed(name, dataSet, seed);
        if (split) return split;
        if (name === "view2-all") return lfwView2(dataSet);
        return name === "view2" ? lfwView2(dataSet, folds) : lfwView1(dataSet);
      },
    };
  }
  const generated = folder === undefined || isGenerated(folder);
  const dataSet = generated
    ? await openSynthetic(folder ?? syntheticFolder(), work)
    : await loadFolder(folder, work);
  return {
    dataSet,
    layout: generated ? "synthetic" : "folder",
    oneShotRuns: [],
    protocol: ({ name = "auto", seed = 1 } = {}) => {
      refuseLfwNames(name, dataSet.name);
      return splitNamed(name, dataSet, seed) ?? splitByIdentity(dataSet, { seed });
    },
  };
}

/** The split by identity that a name asks for, or nothing for a name of a data set's own protocol. */
function splitNamed(name: ProtocolName, dataSet: DataSet, seed: number): Protocol | undefined {
  if (name === "split") return splitByIdentity(dataSet, { seed });
  return name === "transfer" ? splitByIdentity(dataSet, { seed, testFraction: KEPT_BACK }) : undefined;
}

function refuseLfwNames(name: ProtocolName, data: string): void {
  if (name === "auto" || name === "split" || name === "transfer") return;
  throw new RangeError(
    `Cannot use the protocol ${name} on ${data}: it is LFW's; here auto, split or transfer are possible`,
  );
}
