#!/usr/bin/env node
import { commands } from "./commands";
import { runCommandLine } from "./run";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
let stop: AbortController | undefined;

function hear(): void {
  if (stop?.signal.aborted) process.exit(130);
  stop?.abort();
}

/**
 * The first Ctrl-C asks the work to stop cleanly, the second ends it at once. A command that never asks for this signal, or has called `endAtOnce` since, computes without a
 * pause and would not hear of it: there the first one ends the process, as everywhere.
 */
function stopSignal(): AbortSignal {
  if (!stop) {
    stop = new AbortController();
    for (const signal of SIGNALS) process.on(signal, hear);
  }
  return stop.signal;
}

function endAtOnce(): void {
  stop = undefined;
  for (const signal of SIGNALS) process.off(signal, hear);
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
  endAtOnce,
}).then((code) => {
  process.exitCode = code;
});
