import type { Command } from "../../lib/cli/command";
import { commands } from "../../lib/cli/commands";
import { runCommandLine } from "../../lib/cli/run";

/** What a command line gave back: exit code, standard output, standard error. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Options of `train` for a model of small crops within seconds: two steps of batches of 3 × 2. */
export const quickTraining: readonly string[] =
  "--mode center-crop --size 32 --steps 2 --identities 3 --images 2".split(" ");

/** Runs a command line in this process, as the program does; `table` replaces the commands. */
export async function runCli(args: readonly string[], table: readonly Command[] = commands): Promise<Ran> {
  let [out, err] = ["", ""];
  const code = await runCommandLine(table, args, {
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    terminal: false,
    now: () => 0,
    signal: new AbortController().signal,
    endAtOnce: () => {},
  });
  return { code, out, err };
}

/** Runs a command in this process with `--json`; standard output must be one JSON object, of the shape that the test names. */
export async function runJson<Json = Record<string, unknown>>(
  ...args: string[]
): Promise<{ readonly code: number; readonly json: Json }> {
  const { code, out } = await runCli([...args, "--json"]);
  return { code, json: JSON.parse(out) as Json };
}
