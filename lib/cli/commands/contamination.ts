import { resolve } from "node:path";
import { alignDataSet } from "../../align/alignDataSet";
import {
  type ContaminationReport,
  contamination,
  type DuplicatePair,
} from "../../contamination/contamination";
import { encodeCsv } from "../../core/csv";
import { LabError, messageOf } from "../../core/errors";
import { writeFileAtomic } from "../../core/files";
import { type Matrix, stackRows } from "../../core/matrix";
import type { DataItem, DataSet } from "../../data/dataset";
import { printable } from "../../data/names";
import { type OpenedData, openDataSet } from "../../data/open";
import { MODEL_HELP, openEmbedder } from "../../walk/embedder";
import { alignmentOf } from "../../walk/modelInput";
import type { Command, CommandContext } from "../command";
import { dataOptions, protocolOf, protocolOptions, refuseGiven } from "../shared";

export const contaminationCommand: Command = {
  name: "contamination",
  summary: "pictures that stand twice and people on both sides: within a data set, or between two",
  options: {
    ...dataOptions,
    ...protocolOptions,
    against: {
      kind: "text",
      value: "DIR",
      help: "a second data set; only what both have in common is shown",
    },
    hamming: {
      kind: "integer",
      help: "most differing bits of two difference hashes of 128 bits",
      least: 0,
      most: 64,
      default: 12,
    },
    model: { kind: "text", value: "DIR", help: `compare embeddings too: ${MODEL_HELP}` },
    distance: {
      kind: "number",
      help: "squared L2 of embeddings below which two pictures are shown",
      least: 0,
      most: 4,
      default: 0.015,
    },
    out: { kind: "text", value: "FILE", help: "CSV file of all pairs" },
  },
  examples: [
    "facenet-lab contamination --data lfw --protocol view1",
    "facenet-lab contamination --data my-training --against my-test --model reference --out pairs.csv",
  ],
  run: async (context) => {
    const { progress, signal } = context;
    refuseIdle(context);
    const opened = await openDataSet(context.text("data"), { progress, signal });
    const against = context.text("against");
    const other = against === undefined ? undefined : await openDataSet(against, { progress, signal });
    const { sets, items, identities, side, names } = other ? twoSets(opened, other) : oneSet(opened, context);
    const report = await contamination({ items, identities, side }, names, {
      hamming: context.number("hamming"),
      distance: context.number("distance"),
      embed: embedderOf(context, sets),
      onlyCrossing: other !== undefined,
      progress,
      signal,
    });
    const out = context.text("out");
    if (out !== undefined) writeFileAtomic(resolve(out), encodeCsv([CSV_HEAD, ...report.pairs.map(csvRow)]));
    return { json: report, text: textOf(report) };
  },
};

function refuseIdle(context: CommandContext): void {
  if (context.given("against"))
    refuseGiven(context, ["protocol", "seed"], "with --against: two sets have no sides of their own");
  if (!context.given("model"))
    refuseGiven(context, ["distance"], "without --model: it is a distance of embeddings");
}

interface Compared {
  /** The sets behind it, each with its own landmarks; the items of the first come first. */
  readonly sets: readonly DataSet[];
  readonly items: readonly DataItem[];
  readonly identities: readonly string[];
  readonly side: readonly string[];
  readonly names?: readonly [readonly string[], readonly string[]];
}

/** All items of one set, on the sides of its protocol; no sides where it is too small to be split. Names are disjoint there by construction. */
function oneSet({ dataSet, protocol }: OpenedData, context: CommandContext): Compared {
  const { items, identities } = dataSet;
  const side = items.map(() => "neither");
  const name = protocolOf(context);
  try {
    const { train, test } = protocol({ name, seed: context.number("seed") });
    for (const i of train) side[i] = "train";
    for (const i of test) side[i] = "test";
  } catch (error) {
    if (name !== "auto" || !(error instanceof LabError)) throw error;
    context.note(`no sides are compared: ${messageOf(error)}`);
  }
  return { sets: [dataSet], items, identities, side };
}

/** Items of both sets under one list of identities; those of the second come after. */
function twoSets({ dataSet: a }: OpenedData, { dataSet: b }: OpenedData): Compared {
  const identities = [...a.identities, ...b.identities];
  const moved = b.items.map((item) => ({ ...item, label: item.label + a.identities.length }));
  return {
    sets: [
      { ...a, identities },
      { ...b, identities, items: moved },
    ],
    items: [...a.items, ...moved],
    identities,
    side: [...a.items.map(() => "data"), ...moved.map(() => "against")],
    names: [a.identities, b.identities],
  };
}

/** Embeds items of the sets with the model that was asked for; undefined without one. Throws a LabError when a picture cannot be embedded. */
function embedderOf(
  context: CommandContext,
  sets: readonly DataSet[],
): ((items: readonly DataItem[]) => Promise<Matrix>) | undefined {
  const model = context.text("model");
  if (model === undefined) return undefined;
  const { progress, signal } = context;
  return async (items) => {
    const embedder = await openEmbedder(model, context);
    const wanted = new Set(items);
    const parts: Matrix[] = [];
    try {
      for (const set of sets) {
        const readable = { ...set, items: set.items.filter((item) => wanted.has(item)) };
        const align = alignmentOf(embedder, readable);
        const { crops, report } = await alignDataSet(readable, { ...align, progress, signal });
        const [lost] = report.skipped;
        if (lost) throw new LabError(`Cannot embed every picture: ${lost.reason}`);
        parts.push(await embedder.embed(crops, { progress, signal }));
      }
    } finally {
      embedder.dispose();
    }
    return stackRows(parts);
  };
}

const CSV_HEAD = ["first", "second", "sides", "bytes", "hamming", "squared_l2", "same_identity"];

function csvRow({
  first,
  second,
  sameBytes,
  hamming,
  distance,
  sameIdentity,
}: DuplicatePair): (string | number)[] {
  const sides = `${first.side}-${second.side}`;
  const bytes = sameBytes ? "equal" : "different";
  return [first.name, second.name, sides, bytes, hamming, distance ?? "", sameIdentity ? 1 : 0];
}

/** Pairs that the text shows; the rest is in the JSON and in the CSV file. */
const SHOWN = 20;

function textOf({ images, skipped, sharedNames, pairs, counts }: ContaminationReport): string {
  const line = ({
    first,
    second,
    sameBytes,
    hamming,
    distance,
    sameIdentity,
    crosses,
  }: DuplicatePair): string => {
    const likeness = sameBytes ? "equal bytes" : `${hamming} of 128 bits`;
    const facts = [
      likeness,
      ...(distance === null ? [] : [`squared L2 ${distance.toFixed(4)}`]),
      ...(sameIdentity ? [] : ["two identities"]),
      ...(crosses ? [`${first.side} and ${second.side}`] : []),
    ];
    return `  ${printable(first.name)} ${sameBytes ? "=" : "~"} ${printable(second.name)} (${facts.join(", ")})`;
  };
  const rest = pairs.length - SHOWN;
  return [
    `${images.toLocaleString("en")} images, ${skipped.length} unreadable`,
    `${pairs.length} pairs look alike: ${counts.sameBytes} with equal bytes, ${counts.differentIdentities} under two identities, ${counts.crossing} on two sides`,
    ...pairs.slice(0, SHOWN).map(line),
    ...(rest > 0 ? [`  and ${rest} more (--json or --out shows them)`] : []),
    ...(sharedNames.length > 0
      ? [
          `${sharedNames.length} names on both sides: ${sharedNames
            .slice(0, SHOWN)
            .map(({ first }) => printable(first))
            .join(", ")}`,
        ]
      : []),
  ].join("\n");
}
