import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../lib/core/folders";

/** A cell of a notebook file, its source in one piece. */
export interface Cell {
  readonly kind: string;
  readonly id: string;
  readonly source: string;
  readonly outputs: readonly Output[];
}

/** An output: a stream has a text, a display has one entry per form. */
export interface Output {
  readonly name?: string;
  readonly text?: string | readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface Notebook {
  readonly name: string;
  readonly bytes: number;
  readonly text: string;
  readonly kernel: { readonly name: string; readonly language: string };
  readonly version: readonly [number, number];
  readonly cells: readonly Cell[];
}

const FOLDER = join(packageRoot(), "notebooks");

/** The notebooks of the course, in the order of their numbers. */
export const notebooks: readonly Notebook[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".ipynb"))
  .sort()
  .map(readNotebook);

interface File {
  readonly nbformat: number;
  readonly nbformat_minor: number;
  readonly metadata: { readonly kernelspec: Notebook["kernel"] };
  readonly cells: readonly {
    readonly cell_type: string;
    readonly id: string;
    readonly source: string | readonly string[];
    readonly outputs?: readonly Output[];
  }[];
}

function readNotebook(name: string): Notebook {
  const text = readFileSync(join(FOLDER, name), "utf8");
  const file = JSON.parse(text) as File;
  return {
    name,
    text,
    bytes: Buffer.byteLength(text),
    kernel: file.metadata.kernelspec,
    version: [file.nbformat, file.nbformat_minor],
    cells: file.cells.map((cell) => ({
      kind: cell.cell_type,
      id: cell.id,
      source: joined(cell.source),
      outputs: cell.outputs ?? [],
    })),
  };
}

/** Jupyter stores a text as one string or as its lines. */
export function joined(text: string | readonly string[]): string {
  return typeof text === "string" ? text : text.join("");
}
