#!/usr/bin/env node
import { commands } from "./commands";
import { runCommandLine } from "./run";

/** The first Ctrl-C asks the work to stop cleanly, the second ends it at once. */
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
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
  signal: stop.signal,
}).then((code) => {
  process.exitCode = code;
});
