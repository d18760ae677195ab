import { Interrupted, LabError, messageOf, UsageError } from "../core/errors";
import { packageVersion } from "../core/folders";
import { terminalText } from "../core/text";
import { type Command, helpOf } from "./command";
import { parseOptions } from "./options";
import { createProgressPrinter } from "./terminal";

/** What the command line needs of its surroundings; tests pass their own. */
export interface Surroundings {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly terminal: boolean;
  readonly columns?: number;
  readonly now: () => number;
  /** Read only by commands that can be stopped. */
  readonly signal: AbortSignal;
  /** Lets Ctrl-C end the process at once from here on. */
  readonly endAtOnce: () => void;
}

/** Exit codes: 0 done, 1 failed, 2 wrong use, 130 interrupted. */
export async function runCommandLine(
  commands: readonly Command[],
  args: readonly string[],
  world: Surroundings,
): Promise<number> {
  const [name] = args;
  const own = args.slice(0, args.includes("--") ? args.indexOf("--") : undefined);
  try {
    if (name === undefined || name === "help" || name === "--help" || name === "-h") {
      world.stdout(`${overview(commands)}\n`);
      return name === undefined ? 2 : 0;
    }
    if (name === "--version") {
      world.stdout(`facenet-lab ${packageVersion()}\n`);
      return 0;
    }
    const command = commandOf(commands, args);
    if (!command) {
      throw new UsageError(
        `Cannot run ${JSON.stringify(name)}: the commands are ${commands.map((c) => c.name).join(", ")}`,
      );
    }
    if (own.includes("--help") || own.includes("-h")) {
      world.stdout(`${helpOf(command)}\n`);
      return 0;
    }
    return await runCommand(command, args.slice(command.name.split(" ").length), world);
  } catch (error) {
    return report(error, commandOf(commands, args)?.name, own, world);
  }
}

/** The command that the first word names, or the first two do (`ray up`). */
function commandOf(commands: readonly Command[], args: readonly string[]): Command | undefined {
  return commands.find(({ name }) => name === args[0] || name === args.slice(0, 2).join(" "));
}

async function runCommand(command: Command, args: readonly string[], world: Surroundings): Promise<number> {
  const { values, given, positionals } = parseOptions(args, command.options, command.mostPositionals ?? 0);
  const printer = createProgressPrinter({
    write: world.stderr,
    terminal: world.terminal,
    columns: world.columns,
    now: world.now,
    quiet: values.get("quiet") === true,
  });
  const known = (option: string): string => {
    if (option in command.options) return option;
    throw new TypeError(`The command ${command.name} has no option --${option}`);
  };
  try {
    const result = await command.run({
      text: (option) => values.get(known(option)) as string | undefined,
      number: (option) => values.get(known(option)) as number | undefined,
      flag: (option) => values.get(known(option)) === true,
      given: (option) => given.has(known(option)),
      positionals,
      progress: printer.report,
      get signal() {
        return world.signal;
      },
      endAtOnce: world.endAtOnce,
      note: printer.note,
    });
    printer.finish();
    // In JSON these characters stand inside of strings only, where their code means the same.
    world.stdout(
      `${terminalText(values.get("json") === true ? JSON.stringify(result.json, null, 2) : result.text)}\n`,
    );
    return result.ok === false ? 1 : 0;
  } finally {
    printer.finish();
  }
}

function report(
  error: unknown,
  name: string | undefined,
  args: readonly string[],
  world: Surroundings,
): number {
  const code = error instanceof Interrupted ? 130 : error instanceof UsageError ? 2 : 1;
  const expected = error instanceof LabError || error instanceof RangeError;
  const message = messageOf(error);
  if (args.includes("--json")) world.stdout(`${JSON.stringify({ error: message, exitCode: code })}\n`);
  world.stderr(`facenet-lab: ${message}\n`);
  if (code === 2) world.stderr(`See: ${["facenet-lab", name, "--help"].filter(Boolean).join(" ")}\n`);
  if (args.includes("--debug")) world.stderr(`${error instanceof Error ? error.stack : ""}\n`);
  else if (!expected)
    world.stderr("This was not foreseen; run it again with --debug to see where it happened.\n");
  return code;
}

function overview(commands: readonly Command[]): string {
  return [
    "facenet-lab: understand and train face embeddings",
    "",
    "Usage: facenet-lab COMMAND [options]      (facenet-lab COMMAND --help shows examples)",
    "       facenet-lab --version",
    "",
    ...commands.map((command) => `  ${command.name.padEnd(10)} ${command.summary}`),
    "",
    "Exit codes: 0 done, 1 failed, 2 wrong use, 130 interrupted.",
  ].join("\n");
}
