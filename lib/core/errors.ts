/**
 * Errors that a reader caused and can mend: one line, no stack on the terminal.
 * Wording: `Cannot <action>: <what must hold>, current value is <v>`.
 */

import { terminalText } from "./text";

/** Bad data, a bad file or a machine that lacks something. The command line prints it in one line and exits with 1. */
export class LabError extends Error {
  override readonly name: string = "LabError";

  constructor(message: string) {
    super(oneLine(message));
  }
}

/** Line breaks become spaces; what else would move a terminal's cursor or the reading order (a message quotes files) becomes its code. */
function oneLine(message: string): string {
  return terminalText(message.replace(/\s*[\n\r\u2028\u2029]\s*/g, " ").replaceAll("\t", " "));
}

/** Wrong use of a command or an option. Exit status 2. */
export class UsageError extends LabError {
  override readonly name: string = "UsageError";
}

/** The reader stopped the work (Ctrl-C, the notebook's stop button, an AbortSignal). Exit status 130. */
export class Interrupted extends LabError {
  override readonly name: string = "Interrupted";
}

/** Throws `Interrupted` when `signal` was aborted; `what` names the work and how to go on with it. */
export function throwIfStopped(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw new Interrupted(`Stopped: ${what}`);
}

/** The message of anything that was thrown, in one line. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/\s*\n\s*/g, " ").trim();
}
