import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import { UsageError } from "../core/errors";

/** One option of a command, as a row of its help. */
export interface Option {
  readonly kind: "text" | "number" | "integer" | "flag";
  /** What stands for the value in the help, for example `DIR`. */
  readonly value?: string;
  readonly help: string;
  readonly default?: string | number;
  readonly least?: number;
  readonly most?: number;
  readonly choices?: readonly string[];
}

export type OptionTable = Readonly<Record<string, Option>>;

/** Parsed values by option name (camel case as in the table); only what was given or has a default is there. */
export interface ParsedOptions {
  readonly values: ReadonlyMap<string, string | number | boolean>;
  /** Names of the options that stand on the command line. */
  readonly given: ReadonlySet<string>;
  readonly positionals: readonly string[];
}

/** Options that every command has. */
export const commonOptions: OptionTable = {
  json: { kind: "flag", help: "print one JSON object on standard output, progress on standard error" },
  quiet: { kind: "flag", help: "no progress" },
  debug: { kind: "flag", help: "show the stack of an error" },
  help: { kind: "flag", help: "show this help" },
};

/** Parses arguments against a table. Throws a UsageError for an unknown option, a missing value or one out of range. */
export function parseOptions(
  args: readonly string[],
  table: OptionTable,
  mostPositionals: number,
): ParsedOptions {
  const all: OptionTable = { ...table, ...commonOptions };
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(all).map(([name, option]) => [
          name,
          { type: option.kind === "flag" ? ("boolean" as const) : ("string" as const) },
        ]),
      ),
    });
  } catch (error) {
    throw new UsageError((error as Error).message.split(". To specify")[0]);
  }
  if (parsed.positionals.length > mostPositionals) {
    const mayBeData = table.data?.kind === "text" && parsed.values.data === undefined;
    throw new UsageError(strayText(parsed.positionals[mostPositionals], mostPositionals, mayBeData));
  }
  const values = new Map<string, string | number | boolean>();
  for (const [name, option] of Object.entries(all)) {
    const given = parsed.values[name];
    if (given !== undefined) values.set(name, convert(name, option, given));
    else if (option.default !== undefined) values.set(name, option.default);
  }
  return { values, given: new Set(Object.keys(parsed.values)), positionals: parsed.positionals };
}

/** A word of a command line, quoted where it has blanks or other signs. */
export function asTyped(word: string): string {
  return /^[\w./:,-]+$/.test(word) ? word : JSON.stringify(word);
}

/** What is wrong with an argument that is one too many; where it may be the value of `--data` and is a folder, that is asked. */
function strayText(word: string, most: number, mayBeData: boolean): string {
  const taken =
    most === 0
      ? "this command takes options only"
      : `this command takes at most ${most} argument${most === 1 ? "" : "s"} beside its options`;
  const question = mayBeData && isFolder(word) ? `; did you mean --data ${asTyped(word)}?` : "";
  return `Cannot use the argument ${JSON.stringify(word)}: ${taken}${question}`;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Not there, or not to be looked at.
    return false;
  }
}

function convert(name: string, option: Option, given: unknown): string | number | boolean {
  if (option.kind === "flag") return given === true;
  const text = String(given);
  if (option.kind === "text") {
    if (text === "") throw new UsageError(`Cannot use --${name}: a value is needed, current value is empty`);
    if (option.choices && !option.choices.includes(text)) {
      throw new UsageError(
        `Cannot use --${name}: it must be one of ${option.choices.join(", ")}, current value is ${text}`,
      );
    }
    return text;
  }
  const value = text.trim() === "" ? Number.NaN : Number(text);
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = option;
  const whole = option.kind !== "integer" || Number.isSafeInteger(value);
  if (!Number.isFinite(value) || !whole || value < least || value > most) {
    const kind = option.kind === "integer" ? "an integer" : "a number";
    const range = [
      Number.isFinite(least) ? `at least ${least}` : "",
      Number.isFinite(most) ? `at most ${most}` : "",
    ].filter(Boolean);
    throw new UsageError(
      `Cannot use --${name}: it must be ${[kind, range.join(" and ")].filter(Boolean).join(" of ")}, current value is ${text}`,
    );
  }
  return value;
}
