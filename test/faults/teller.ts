/**
 * The command line with every piece of progress on standard error, one line each, written before the work goes on: whoever reads along knows what it is
 * doing. (The program itself prints one every 15 seconds where there is no terminal.)
 */
import { writeSync } from "node:fs";
import { commands } from "../../lib/cli/commands";
import { runCommandLine } from "../../lib/cli/run";

let milliseconds = 0;

void runCommandLine(commands, process.argv.slice(2), {
  stdout: () => undefined,
  stderr: (text) => void writeSync(2, text),
  terminal: false,
  now: () => {
    milliseconds += 60_000;
    return milliseconds;
  },
  signal: new AbortController().signal,
  endAtOnce: () => {},
}).then((code) => {
  process.exitCode = code;
});
