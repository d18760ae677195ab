import { countNet } from "../nets/count";
import { laptopNet } from "../nets/laptopNets";
import { type NetName, namedNet } from "../nets/named";
import { compareWithPaper } from "../nets/printed";
import { type ComparedSweep, comparedSweep } from "../sweeps/comparison";
import { sweepKinds } from "../sweeps/kinds";
import { estimateOf, type ReadResults, type ResultTable, tableOf } from "../sweeps/resultTable";
import { type CurvePoint, sameShape, shapeOf } from "../sweeps/shape";

export type Verdict = "yes" | "partly" | "no" | "not measured";

/** One table, figure or claim of the paper beside what was measured here. */
export interface ScorecardRow {
  /** Where it stands in the paper. */
  readonly item: string;
  readonly claimed: string;
  readonly measured: string;
  /** How much smaller our experiment is. */
  readonly scale: string;
  /** Whether the *shape* came out, never the height. */
  readonly verdict: Verdict;
  readonly why: string;
  /** The command whose results were read; empty where there is none. */
  readonly command: string;
}

/**
 * Every table and figure of the paper (Schroff, Kalenichenko, Philbin 2015): claimed, measured here, the scale of our experiment, and whether the shape came
 * out. Nothing is measured by it: it reads data/results through `read`, and what is not there is "not measured".
 */
export function scorecard(read: ReadResults): ScorecardRow[] {
  return [
    notMeasured("Figure 1", "seven distances of faces, 0.78 to 1.33, threshold 1.1", "needs its photographs"),
    notMeasured(
      "Figures 2, 3",
      "drawings of the model and of the triplet loss",
      "nothing to measure; notebooks 00 and 03",
    ),
    countedRow("Table 1", "NN1"),
    countedRow("Table 2", "NN2"),
    notMeasured(
      "Table 3, Figures 4, 5",
      "VAL 51.9 % (NNS2) to 89.4 % (NN2)",
      "the paper's nets are counted and run here, not trained",
    ),
    sweepRow("Table 4, JPEG quality", "jpeg", "NN1", read),
    sweepRow("Table 4, image size", "pixels", "NN1", read),
    sweepRow("Table 5, dimensions", "dimensions", "NN1", read),
    quantisedRow(read),
    sweepRow("Table 6, training data", "training-size", "Table6", read),
    alignmentRow(read),
    errorsRow(read),
    notMeasured("Section 5.7", "YouTube Faces 95.12 ± 0.39 %", "the clips are not read here"),
    notMeasured("Figure 7", "one cluster of a personal collection", "a picture without a number"),
    harmonicRow(read),
  ];
}

function notMeasured(item: string, claimed: string, why: string): ScorecardRow {
  return { item, claimed, measured: "–", scale: "–", verdict: "not measured", why, command: "" };
}

/** What our runs learned from: the laptop net and the training images of the usual protocol. */
interface Experiment {
  /** As `--data` names it. */
  readonly option: string;
  readonly parameters: number;
  readonly images: number;
  readonly data: string;
}

const LFW: Experiment = {
  option: "lfw",
  parameters: countNet(laptopNet()).parameters,
  images: 6685,
  data: "images of LFW View 1",
};
const OMNIGLOT: Experiment = {
  option: "omniglot",
  parameters: countNet(laptopNet({ inputSize: 32, channels: 1 })).parameters,
  images: 19_280,
  data: "drawings of Omniglot",
};
/** Section 5: 100 to 200 million training images; Table 6 has 260 million. */
const PAPER_IMAGES = 200e6;
const TABLE6_IMAGES = 260e6;

/** How much smaller our experiment is than the paper's with `net`; the command says which data it used. */
function scaleOf(net: NetName, command: string): string {
  const ours = [LFW, OMNIGLOT].find(({ option }) => command.includes(`--data ${option}`));
  if (!ours) return "data that this scorecard does not know";
  const parameters = countNet(namedNet(net)).parameters / ours.parameters;
  const images = (net === "Table6" ? TABLE6_IMAGES : PAPER_IMAGES) / ours.images;
  const whole = (value: number): string => Number(value.toPrecision(2)).toLocaleString("en");
  return `1/${whole(parameters)} of the parameters, 1/${whole(images)} of the images (${ours.images.toLocaleString("en")} ${ours.data})`;
}

function countedRow(item: string, net: NetName): ScorecardRow {
  const rows = compareWithPaper(net, countNet(namedNet(net)));
  const right = rows.filter((row) => row.agrees).length;
  return {
    item,
    claimed: `${net}: parameters and multiply-adds by layer`,
    measured: `${right} of ${rows.length} printed figures counted`,
    scale: "the same net",
    verdict: right === rows.length ? "yes" : right > 0 ? "partly" : "no",
    why: "layers counted, to the last printed digit",
    command: `facenet-lab net ${net}`,
  };
}

/** What a flat curve is worth. */
const FLAT = "flat on both sides, as a weak test would show it";

function sweepRow(item: string, name: ComparedSweep, net: NetName, read: ReadResults): ScorecardRow {
  const { paper } = sweepKinds[name];
  const theirs = shapeOf(paper.map(({ val, standardError }) => ({ mean: val, standardError })));
  const claimed = `VAL ${rangeText(paper.map(({ val }) => val))}, ${theirs.trend}`;
  const found = comparedSweep(name, read);
  if (!found) return notMeasured(item, claimed, "no such table in data/results/sweeps.md");
  const ours = shapeOf(found.ours);
  return {
    item,
    claimed,
    measured: `VAL ${rangeText(found.ours.map(({ mean }) => mean))}, ${ours.trend}`,
    scale: scaleOf(net, found.command),
    verdict: sameShape(theirs, ours),
    why: `Kendall's τ ${theirs.tau.toFixed(2)} there, ${ours.tau.toFixed(2)} here${theirs.trend === "flat" && ours.trend === "flat" ? `; ${FLAT}` : ""}`,
    command: found.command,
  };
}

function quantisedRow(read: ReadResults): ScorecardRow {
  const [item, claimed] = ["Section 5.4", "128 bytes lose no accuracy against 128 floats"];
  const table = tableOf(read, "sweeps.md", sweepKinds.quantised.title);
  const pair = ["8", "32"].flatMap((bits) => estimateIn(table, bits, "accuracy"));
  if (!table || pair.length < 2) return notMeasured(item, claimed, "no such table in data/results/sweeps.md");
  return {
    item,
    claimed,
    measured: `accuracy ${percent(pair[0])} with 128 bytes, ${percent(pair[1])} with floats`,
    scale: scaleOf("NN1", table.command),
    verdict: shapeOf(pair).trend === "flat" ? "yes" : "no",
    why: FLAT,
    command: table.command,
  };
}

function alignmentRow(read: ReadResults): ScorecardRow {
  const [item, claimed] = ["Section 5.6, LFW", "centre crop 98.87 ± 0.15 %, aligned 99.63 ± 0.09 %"];
  const table = tableOf(read, "sweeps.md", sweepKinds.alignment.title);
  const [crop, aligned] = ["center-crop", "similarity"].map((mode) => estimateIn(table, mode, "accuracy")[0]);
  const walk = tableOf(read, "walk.md")?.rows.find(([command]) => command.includes("--data lfw"));
  if (!table || !crop || !aligned)
    return notMeasured(item, claimed, "no such table in data/results/sweeps.md");
  const [asIs] = estimateIn(table, "none", "accuracy");
  const better = sameShape({ trend: "rising", tau: 1 }, shapeOf([crop, aligned]));
  const harmful = asIs !== undefined && shapeOf([asIs, aligned]).trend === "falling";
  return {
    item,
    claimed,
    measured: `ORL ${percent(crop)} and ${percent(aligned)}${walk ? `; LFW View 1 aligned ${walk[2]}` : ""}`,
    scale: "12 tested people of ORL in place of LFW's 5,749",
    verdict: better === "yes" && harmful ? "partly" : better,
    why: harmful
      ? `aligning beats the centre crop, but leaving ORL's pictures as they are beats both (${percent(asIs)})`
      : "aligned against centre crop",
    command: table.command,
  };
}

function errorsRow(read: ReadResults): ScorecardRow {
  const [item, claimed] = ["Figure 6", "all LFW errors as pictures, some of them wrong labels"];
  const row = tableOf(read, "reference.md")?.rows[0];
  if (!row) return notMeasured(item, claimed, "no data/results/reference.md");
  return {
    item,
    claimed,
    measured: `${row[row.length - 1]} of ${row[2]} pairs`,
    scale: "a net that was trained elsewhere",
    verdict: "partly",
    why: "same protocol and pictures, but not a net of ours; suspected labels are listed there",
    command: row[0].replaceAll("`", ""),
  };
}

function harmonicRow(read: ReadResults): ScorecardRow {
  const [item, claimed] = ["Figure 8", "harmonic: v2 > v2 against v1 > v1"];
  const table = tableOf(read, "harmonic.md");
  const aucs = ["v1 against v1", "v2 against v1", "v2 against v2"].flatMap(
    (name) => estimateOf(table?.rows.find(([cell]) => cell.startsWith(name))?.[1] ?? "") ?? [],
  );
  if (!table || aucs.length < 3)
    return notMeasured(item, claimed, "no such table in data/results/harmonic.md");
  const steps = shapeOf(aucs);
  return {
    item,
    claimed,
    measured: `AUC ${aucs.map(({ mean }) => mean.toFixed(3)).join(" < ")}`.replace(
      / < /g,
      steps.tau === 1 ? " < " : ", ",
    ),
    scale: scaleOf("NN2", table.command),
    verdict: steps.tau === 1 ? sameShape({ trend: "rising", tau: 1 }, steps) : "no",
    why: "v1, v2 against v1, v2 in the paper's order",
    command: table.command,
  };
}

/** The estimate in the row that begins with `first`, as a list of one or none. */
function estimateIn(table: ResultTable | undefined, first: string, column: string): Required<CurvePoint>[] {
  const cells = table?.rows.find((row) => row[0] === first);
  const found = cells && estimateOf(cells[table?.columns.indexOf(column) ?? -1] ?? "");
  return found ? [found] : [];
}

function percent({ mean, standardError = 0 }: CurvePoint): string {
  return `${(100 * mean).toFixed(1)} ± ${(100 * standardError).toFixed(1)} %`;
}

function rangeText(values: readonly number[]): string {
  return `${(100 * values[0]).toFixed(1)} to ${(100 * values[values.length - 1]).toFixed(1)} %`;
}
