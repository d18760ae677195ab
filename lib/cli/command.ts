import type { Progress } from "../core/progress";
import { asTyped, commonOptions, type Option, type OptionTable } from "./options";

/** What a command is given. Getters return undefined where the option was not given and has no default. */
export interface CommandContext {
  text(option: string): string | undefined;
  number(option: string): number | undefined;
  flag(option: string): boolean;
  /** Whether the option stands on the command line: one with a default has a value also without. */
  given(option: string): boolean;
  readonly positionals: readonly string[];
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** What follows computes without a pause and has nothing to save: Ctrl-C may end the process, until the signal is asked for again. */
  endAtOnce(): void;
  /** A line for people, on standard error; data never goes there. */
  note(line: string): void;
}

/** What a command hands back: the object for `--json` and the text for people. `ok: false` exits with 1 after printing. */
export interface CommandResult {
  readonly json: object;
  readonly text: string;
  readonly ok?: boolean;
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Positional part of the usage line, for example `[DIR]`. */
  readonly arguments?: string;
  readonly mostPositionals?: number;
  readonly options: OptionTable;
  readonly examples: readonly string[];
  run(context: CommandContext): Promise<CommandResult>;
}

/** The help page of one command. */
export function helpOf(command: Command): string {
  const rows = (table: OptionTable): string =>
    Object.entries(table)
      .map(([name, option]) => `  ${optionUsage(name, option).padEnd(24)} ${optionHelp(option)}`)
      .join("\n");
  const usage = command.arguments?.startsWith("--")
    ? ["[options]", command.arguments]
    : [command.arguments, "[options]"];
  return [
    `facenet-lab ${command.name}: ${command.summary}`,
    "",
    `Usage: facenet-lab ${[command.name, ...usage].filter(Boolean).join(" ")}`,
    "",
    "Options:",
    rows(command.options),
    rows(commonOptions),
    "",
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
  ]
    .filter((line, i, lines) => line !== "" || lines[i - 1] !== "")
    .join("\n");
}

function optionUsage(name: string, option: Option): string {
  if (option.kind === "flag") return `--${name}`;
  return `--${name} ${option.value ?? (option.kind === "text" ? "TEXT" : "N")}`;
}

function optionHelp(option: Option): string {
  const choices = option.choices ? ` (${option.choices.join(", ")})` : "";
  const standard = option.default !== undefined ? `; default ${option.default}` : "";
  return `${option.help}${choices}${standard}`;
}

/**
 * The command with the options that were given and are not the defaults, as a reader would type it to get the same again; values with blanks are quoted. Where the result goes
 * (`--out`) and that it went on (`--resume`) are left out. `shown` says how the value of an option is written.
 */
export function commandLine(
  context: CommandContext,
  { name, options }: Pick<Command, "name" | "options">,
  shown: Readonly<Record<string, (value: string) => string>> = {},
): string {
  const words = Object.entries(options).flatMap(([key, option]) => {
    if (key === "out" || key === "resume") return [];
    if (option.kind === "flag") return context.flag(key) ? [`--${key}`] : [];
    const value = option.kind === "text" ? context.text(key) : context.number(key);
    if (value === undefined || value === option.default) return [];
    return [`--${key} ${asTyped(shown[key]?.(String(value)) ?? String(value))}`];
  });
  return ["facenet-lab", name, ...context.positionals, ...words].join(" ");
}
