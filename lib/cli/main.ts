#!/usr/bin/env node
import { commands } from "./commands";
import { runCommandLine } from "./run";

let stop: AbortController | undefined;

/**
 * The first Ctrl-C asks the work to stop cleanly, the second ends it at once. A command that never asks for this signal computes without a pause and would not
 * hear of it: there the first one ends the process, as everywhere.
 */
function stopSignal(): AbortSignal {
  if (stop) return stop.signal;
  const asked = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (asked.signal.aborted) process.exit(130);
      asked.abort();
    });
  }
  stop = asked;
  return asked.signal;
}

// A reader such as `head` may close the pipe early; that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

void runCommandLine(commands, process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  terminal: process.stderr.isTTY === true,
  columns: process.stderr.columns,
  now: () => performance.now(),
  get signal() {
    return stopSignal();
  },
}).then((code) => {
  process.exitCode = code;
});
