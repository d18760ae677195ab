import { LabError } from "../core/errors";
import type { Estimate } from "./score";

/** A table of measured results as it stands in data/results. */
export interface ResultTable {
  /** The command that made it: the last one before the table, without its backquotes; empty where the rows name their own. */
  readonly command: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * The first table below `## heading` (or of the whole file) of a Markdown file; undefined where there is no such heading.
 * Throws a LabError when the heading has no table.
 */
export function resultTable(markdown: string, heading?: string): ResultTable | undefined {
  const lines = markdown.split(/\r?\n/);
  const start = heading === undefined ? 0 : lines.indexOf(`## ${heading}`) + 1;
  if (heading !== undefined && start === 0) return undefined;
  const end = lines.findIndex((line, i) => i >= start && line.startsWith("## "));
  const part = lines.slice(start, end < 0 || heading === undefined ? undefined : end);
  const from = part.findIndex((line) => line.startsWith("|"));
  if (from < 0) {
    throw new LabError(
      `Cannot read results: a table must stand below the heading, current value is ${heading ?? "the file"}`,
    );
  }
  const after = part.findIndex((line, i) => i > from && !line.startsWith("|"));
  const [columns, , ...rows] = part.slice(from, after < 0 ? undefined : after).map(cellsOf);
  const commands = [
    ...part
      .slice(0, from)
      .join("\n")
      .matchAll(/`(facenet-lab [^`]+)`/g),
  ];
  return { command: commands.at(-1)?.[1] ?? "", columns, rows };
}

/** Text of a file in data/results, undefined where it is not there. */
export type ReadResults = (file: string) => string | undefined;

/** The table of a results file, undefined where the file or the heading is not there. */
export function tableOf(read: ReadResults, file: string, heading?: string): ResultTable | undefined {
  const text = read(file);
  return text === undefined ? undefined : resultTable(text, heading);
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\||\|\s*$/g, "")
    .split("|")
    .map((cell) => cell.trim());
}

/** `6.8 ± 1.1 %` → 0.068 ± 0.011, `.880 ± .001` → as it stands, an error of 0 where none is given; undefined for a cell without a number. */
export function estimateOf(cell: string): Estimate | undefined {
  const match = /^(\d*\.?\d+)(?: ± (\d*\.?\d+))?( %)?$/.exec(cell.trim());
  if (!match) return undefined;
  const unit = match[3] ? 0.01 : 1;
  return { mean: unit * Number(match[1]), standardError: unit * Number(match[2] ?? 0) };
}
