import { resolve } from "node:path";
import { alignDataSet } from "../../align/alignDataSet";
import { UsageError } from "../../core/errors";
import { writeFileAtomic } from "../../core/files";
import { openDataSet } from "../../data/open";
import { figureSvg } from "../../figures/still";
import { frozenMeasure } from "../../sweeps/frozen";
import { type SweepKind, type SweepName, type SweepValue, sweepKinds, sweepNames } from "../../sweeps/kinds";
import { type SweepFacts, sweepMarkdown } from "../../sweeps/markdown";
import { sweepPicture } from "../../sweeps/picture";
import { measurePoints, type SweepPoint } from "../../sweeps/points";
import { trainedMeasure } from "../../sweeps/trained";
import { MODEL_HELP, openEmbedder } from "../../walk/embedder";
import { alignmentOf } from "../../walk/modelInput";
import { pairRows } from "../../walk/prepare";
import { alignRequest, netRequest } from "../../walk/request";
import { openRunFolder, plainRequest, type RunFolder } from "../../walk/runFolder";
import { nameOfData } from "../../walk/walk";
import { type Command, type CommandContext, type CommandResult, commandLine } from "../command";
import { netOf, netOptions } from "../netOptions";
import { alignOptions, alignOptionsOf, dataOptions, protocolOf, protocolOptions, required } from "../shared";
import { sweepValues } from "../sweepValues";
import { settingsOf, trainOptions } from "../trainOptions";

export const sweepCommand: Command = {
  name: "sweep",
  summary: "one thing in many sizes, everything else as it is: a table and a figure with intervals",
  arguments: "[NAME]",
  mostPositionals: 1,
  options: {
    list: { kind: "flag", help: "show the sweeps" },
    model: { kind: "text", value: "DIR", help: `for sweeps that do not train: ${MODEL_HELP}` },
    values: { kind: "text", value: "A,B,…", help: "values of the sweep; left out: its usual ones" },
    ...dataOptions,
    ...protocolOptions,
    ...trainOptions,
    ...netOptions,
    ...alignOptions,
    out: {
      kind: "text",
      value: "RUN",
      help: "run folder: NAME.json, NAME.md, NAME.svg and a file for each point",
    },
    resume: { kind: "flag", help: "go on with the sweep in the folder; points that are there are kept" },
  },
  examples: [
    "facenet-lab sweep --list",
    "facenet-lab sweep jpeg --model runs/lfw/model --data lfw --out runs/jpeg",
    "facenet-lab sweep dimensions --data omniglot --steps 300 --values 16,64,256 --out runs/dimensions",
  ],
  run: async (context) => {
    const [name] = context.positionals;
    if (context.flag("list") === (name !== undefined)) throw new UsageError("Give one sweep, or --list");
    if (name === undefined) return { json: sweepKinds, text: listText() };
    if (!(sweepNames as readonly string[]).includes(name)) {
      throw new UsageError(`Cannot sweep ${JSON.stringify(name)}: the sweeps are ${sweepNames.join(", ")}`);
    }
    return sweep(context, name as SweepName);
  },
};

async function sweep(context: CommandContext, name: SweepName): Promise<CommandResult> {
  const kind = sweepKinds[name];
  const out = resolve(required(context, "out", "the run folder"));
  if (kind.trains === (context.text("model") !== undefined)) {
    throw new UsageError(
      kind.trains
        ? `Cannot use --model: the sweep ${name} trains a net at each point`
        : "--model is needed: the model that is looked at",
    );
  }
  const net = netOf(context);
  if (name === "dimensions" && net.embedding !== undefined)
    throw new UsageError("Cannot use --embedding: its dimension is what is swept");
  if (name === "alignment" && context.text("mode") !== undefined)
    throw new UsageError("Cannot use --mode: the alignment is what is swept");
  if (!kind.trains) refuseTraining(context);
  const align = alignOptionsOf(context, kind.trains ? net : undefined);
  const given = context.text("values");
  if (given !== undefined) sweepValues(kind, given, undefined);
  const request = {
    ...{
      command: "sweep",
      sweep: name,
      data: nameOfData(context.text("data")),
      protocol: protocolOf(context),
    },
    ...{ model: context.text("model") ?? null },
    ...alignRequest(align),
    ...netRequest(net),
    ...plainRequest({ ...settingsOf(context), useLandmarks: align.useLandmarks }),
  };
  const run = openRunFolder(out, request, { resume: context.flag("resume"), note: context.note });
  try {
    const { points, facts } = await (kind.trains ? trained : frozen)(context, name, run);
    const json = { sweep: name, ...kind, ...facts, points };
    const table = sweepMarkdown(kind, points, facts);
    writeFileAtomic(run.file(`${name}.json`), `${JSON.stringify(json, null, 2)}\n`);
    writeFileAtomic(run.file(`${name}.md`), table);
    writeFileAtomic(run.file(`${name}.svg`), figureSvg(sweepPicture(kind, points)));
    return { json: { ...json, runDirectory: out }, text: table };
  } finally {
    run.close();
  }
}

/** Options of training have no meaning where nothing is trained. */
function refuseTraining(context: CommandContext): void {
  for (const [option, { kind }] of Object.entries({ ...trainOptions, ...netOptions })) {
    if (option === "checkpoint-every") continue;
    const given =
      kind === "flag"
        ? context.flag(option)
        : kind === "text"
          ? context.text(option)
          : context.number(option);
    if (given !== undefined && given !== false) {
      throw new UsageError(`Cannot use --${option}: this sweep trains nothing`);
    }
  }
}

interface Measured {
  readonly points: readonly SweepPoint[];
  readonly facts: SweepFacts;
}

/** A model that is there, on the test side of the protocol. */
async function frozen(context: CommandContext, name: SweepName, run: RunFolder): Promise<Measured> {
  const { progress, signal, note } = context;
  const embedder = await openEmbedder(required(context, "model", "a model folder, or reference"), context);
  try {
    const opened = await openDataSet(context.text("data"), { progress, signal });
    const protocol = opened.protocol({ name: protocolOf(context), seed: context.number("seed") });
    const align = alignmentOf(embedder, opened.dataSet, alignOptionsOf(context));
    const test = await alignDataSet(opened.dataSet, { ...align, items: protocol.test, progress, signal });
    const { pairs } = pairRows(protocol.pairs, test);
    const measure = frozenMeasure(name, { embedder, test, pairs }, { progress, signal });
    const values = sweepValues(sweepKinds[name], context.text("values"), embedder.input.size);
    const points = await measurePoints(values, (value) => measure(value as number), {
      fileOf: fileOf(run),
      note,
      progress,
      signal,
    });
    return {
      points,
      facts: {
        command: commandLine(context, sweepCommand),
        protocol: protocol.name,
        subject: `model ${embedder.id}`,
      },
    };
  } finally {
    embedder.dispose();
  }
}

/** A net that is trained at each value. */
async function trained(context: CommandContext, name: SweepName, run: RunFolder): Promise<Measured> {
  const { progress, signal, note } = context;
  const opened = await openDataSet(context.text("data"), { progress, signal });
  const protocol = protocolOf(context);
  const net = netOf(context);
  const seed = context.number("seed") ?? 1;
  const measure = trainedMeasure(name, {
    prepare: { data: opened, protocol, align: alignOptionsOf(context, net) },
    settings: { ...settingsOf(context), seed },
    net,
    checkpointsOf: (value) => run.file("checkpoints", String(value)),
    checkpointEvery: context.number("checkpoint-every"),
    progress,
    signal,
    note,
  });
  const values = sweepValues(sweepKinds[name], context.text("values"), undefined);
  const points = await measurePoints(values, measure, { fileOf: fileOf(run), note, progress, signal });
  const { name: tested } = opened.protocol({ name: protocol, seed });
  return {
    points,
    facts: {
      command: commandLine(context, sweepCommand),
      protocol: tested,
      subject: `net ${net.name ?? "laptop"}, seed ${seed}, one run a value`,
    },
  };
}

function fileOf(run: RunFolder): (value: SweepValue) => string {
  return (value) => run.file("points", `${value}.json`);
}

function listText(): string {
  const line = (name: SweepName, { title, trains }: SweepKind): string =>
    `${name.padEnd(15)} ${title}${trains ? " (trains a net at each value)" : " (of a --model)"}`;
  return sweepNames.map((name) => line(name, sweepKinds[name])).join("\n");
}
