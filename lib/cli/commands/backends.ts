import { join, resolve } from "node:path";
import type { AlignOptions } from "../../align/alignDataSet";
import { type BackendName, backendNames } from "../../backends/backend";
import { backendKinds } from "../../backends/kinds";
import { pixelFeatures } from "../../backends/pixels";
import { saveBackend } from "../../backends/saved";
import { UsageError } from "../../core/errors";
import { checkFolderFree, writeFolderAtomic } from "../../core/files";
import type { Matrix } from "../../core/matrix";
import type { CropSet } from "../../data/dataset";
import { type OpenedData, openDataSet, type ProtocolName, protocolNames } from "../../data/open";
import { LBP_ALIGNMENT } from "../../lbp/describe";
import { fitHighDimLbp, LBP_NAME, saveHighDimLbp } from "../../lbp/highDimLbp";
import { type BackendResult, backendStage } from "../../walk/backendStage";
import { MODEL_HELP, openEmbedder } from "../../walk/embedder";
import { labelsOf } from "../../walk/embeddings";
import { alignmentOf } from "../../walk/modelInput";
import { type Prepared, prepare } from "../../walk/prepare";
import type { Command, CommandContext, CommandResult } from "../command";
import { alignOptions, alignOptionsOf, dataOptions, protocolOf, protocolOptions } from "../shared";

/** The two sides: fitted on one, verified on the other. */
interface Sides {
  readonly train: CropSet;
  readonly tested: Pick<Prepared, "test" | "pairs" | "protocol">;
}

/** Features of the crops of one side, and the id of what made them. */
interface Features {
  readonly id: string;
  readonly sides: Sides;
  readonly of: (crops: CropSet) => Promise<Matrix>;
  /** Writes what was fitted to make them into a folder. */
  readonly save?: (folder: string) => void;
}

/** File of the compression of high-dimensional LBP, beside the back-ends that were fitted on it. */
const LBP_FILE = `${LBP_NAME}.map`;

export const backendsCommand: Command = {
  name: "backends",
  summary: "fit back-ends (LDA, Joint Bayesian, χ²) on a frozen model's training side, verify its test side",
  options: {
    ...dataOptions,
    ...protocolOptions,
    ...alignOptions,
    model: { kind: "text", value: "DIR", help: MODEL_HELP },
    test: {
      kind: "text",
      value: "DIR",
      help: "verify the test side of this data set instead: how far what was learned on --data carries",
    },
    "test-protocol": {
      kind: "text",
      value: "NAME",
      help: "protocol of --test",
      choices: protocolNames,
      default: "auto",
    },
    pixels: { kind: "flag", help: "no net: grey pictures of 32×32 pixels as features" },
    lbp: {
      kind: "flag",
      help: "no net: high-dimensional local binary patterns, compressed to 200 values (Chen et al. 2013)",
    },
    backend: {
      kind: "text",
      value: "NAME",
      help: "one back-end; left out: all of them side by side",
      choices: backendNames,
    },
    out: { kind: "text", value: "DIR", help: "folder for the fitted back-ends, NAME.backend each" },
  },
  examples: [
    "facenet-lab backends --model runs/lfw/model --data lfw --protocol view1",
    "facenet-lab backends --pixels --data lfw --protocol view1 --backend lda --json",
    "facenet-lab backends --lbp --data lfw --protocol view1 --backend joint-bayesian --out runs/lbp",
    "facenet-lab backends --model runs/made/model --data faces --protocol transfer --test lfw --test-protocol view2-all",
  ],
  run: async (context) => {
    const model = context.text("model");
    const [pixels, lbp] = [context.flag("pixels"), context.flag("lbp")];
    if ([model !== undefined, pixels, lbp].filter(Boolean).length !== 1)
      throw new UsageError("Give one of --model, --pixels and --lbp");
    const chosen = context.text("backend") as BackendName | undefined;
    const names = chosen ? [chosen] : backendNames;
    const given = context.text("out");
    const out = given === undefined ? undefined : resolve(given);
    if (out) checkFolderFree(out, filesOf(names, lbp));
    if (model !== undefined)
      return withModel(context, model, (features) => run(context, names, out, features));
    return run(context, names, out, pixels ? await pixelsOf(context) : await lbpOf(context));
  },
};

async function run(
  context: CommandContext,
  names: readonly BackendName[],
  out: string | undefined,
  { id, sides, of, save }: Features,
): Promise<CommandResult> {
  const { train } = sides;
  const { test, pairs, protocol } = sides.tested;
  // By name, so that the same person in two data sets is found.
  const people = labelsOf([...namesOf(train), ...namesOf(test.crops)]).labels;
  const count = train.labels.length;
  const results = await backendStage(
    {
      train: { x: await of(train), labels: people.subarray(0, count) },
      test: { x: await of(test.crops), labels: people.subarray(count), pairs },
    },
    { names, seed: context.number("seed"), progress: context.progress, signal: context.signal },
  );
  if (out)
    writeFolderAtomic(out, filesOf(names, save !== undefined), (folder) => {
      save?.(folder);
      for (const { backend } of results)
        saveBackend(join(folder, fileOf(backend.name)), { backend, features: id });
    });
  const { images, identities } = sizesOf(train);
  const json = {
    features: id,
    protocol: protocol.name,
    training: { images, identities },
    backends: results.map(jsonOf),
    ...(out && { out }),
  };
  const text = [
    `features   ${id}`,
    `protocol   ${protocol.name}`,
    `fitted on  ${images} images of ${identities} identities, none of them tested`,
    ...results.map(lineOf),
    ...(out ? [`in ${out}`] : []),
  ].join("\n");
  return { json, text };
}

async function withModel(
  context: CommandContext,
  folder: string,
  work: (features: Features) => Promise<CommandResult>,
): Promise<CommandResult> {
  const embedder = await openEmbedder(folder, context);
  try {
    const { progress, signal } = context;
    const align = (data: OpenedData): AlignOptions =>
      alignmentOf(embedder, data.dataSet, alignOptionsOf(context));
    return await work({
      id: embedder.id,
      sides: await sidesOf(context, align),
      of: (crops) => embedder.embed(crops, { progress, signal }),
    });
  } finally {
    embedder.dispose();
  }
}

async function pixelsOf(context: CommandContext): Promise<Features> {
  const sides = await sidesOf(context, () => alignOptionsOf(context));
  const { size } = sides.tested.test.report.settings;
  // The largest divisor of the input's side that is at most 32.
  let side = Math.min(32, size);
  while (size % side !== 0) side--;
  return {
    id: `grey ${side}×${side} pixels`,
    sides,
    of: async (crops) => pixelFeatures(crops, { window: size, side }),
  };
}

/** The compression is fitted to the training side, and saved with the back-ends. */
async function lbpOf(context: CommandContext): Promise<Features> {
  if (context.number("size") !== undefined || context.text("template") !== undefined)
    throw new UsageError("Cannot use --size or --template with --lbp: it has crops of its own");
  const { progress, signal } = context;
  const align = ({ dataSet }: OpenedData): AlignOptions => {
    if (dataSet.kind === "faces") return { ...alignOptionsOf(context), ...LBP_ALIGNMENT };
    throw new UsageError(`Cannot use --lbp with ${dataSet.name}: it is for faces, not for ${dataSet.kind}`);
  };
  const sides = await sidesOf(context, align);
  const lbp = await fitHighDimLbp(sides.train, { seed: context.number("seed"), progress, signal });
  return {
    id: LBP_NAME,
    sides,
    of: (crops) => lbp.embed(crops, { progress, signal }),
    save: (folder) => saveHighDimLbp(join(folder, LBP_FILE), lbp),
  };
}

/** Training and test side of --data, or the training side of --data and the test side of --test. */
async function sidesOf(context: CommandContext, align: (data: OpenedData) => AlignOptions): Promise<Sides> {
  const { progress, signal } = context;
  const seed = context.number("seed");
  const open = async (where: string | undefined, protocol: ProtocolName): Promise<Prepared> => {
    const data = await openDataSet(where, { progress, signal });
    return prepare({ data, protocol, seed, align: align(data), progress, signal });
  };
  const own = await open(context.text("data"), protocolOf(context));
  const other = context.text("test");
  if (other === undefined) return { train: own.train.crops, tested: own };
  return {
    train: own.train.crops,
    tested: await open(other, context.text("test-protocol") as ProtocolName),
  };
}

function namesOf({ labels, identities }: CropSet): string[] {
  return Array.from(labels, (label) => identities[label]);
}

function fileOf(name: BackendName): string {
  return `${name}.backend`;
}

/** Files of the folder `--out`. */
function filesOf(names: readonly BackendName[], lbp: boolean): string[] {
  return [...names.map(fileOf), ...(lbp ? [LBP_FILE] : [])];
}

function sizesOf({ labels }: CropSet): { images: number; identities: number } {
  return { images: labels.length, identities: new Set(labels).size };
}

function jsonOf({ backend, verification, thresholdScore }: BackendResult): object {
  const { accuracy, standardError, auc, eer, pairs } = verification;
  return { backend: backend.name, accuracy, standardError, auc, eer, pairs, thresholdScore };
}

function lineOf({ backend, verification }: BackendResult): string {
  const { accuracy, standardError, auc, pairs } = verification;
  const figures = `${(100 * accuracy).toFixed(2)} % ± ${(100 * standardError).toFixed(2)} (${pairs} pairs), AUC ${auc.toFixed(4)}`;
  return `${backend.name.padEnd(15)} ${figures}  ${backendKinds[backend.name].summary}`;
}
