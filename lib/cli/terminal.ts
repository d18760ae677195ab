import type { Progress } from "../core/progress";
import { terminalText } from "../core/text";

/** Draws progress on a stream: one line that is rewritten on a terminal, a line now and then elsewhere. */
export interface ProgressPrinter {
  readonly report: Progress;
  /** Prints a line of its own between progress lines. */
  note(line: string): void;
  /** Ends the current line. */
  finish(): void;
}

/** Options of {@link createProgressPrinter}; everything that it needs of the world is a parameter. */
export interface PrinterOptions {
  readonly write: (text: string) => void;
  readonly terminal: boolean;
  /** Clock in milliseconds. */
  readonly now: () => number;
  /** Columns of the terminal. */
  readonly columns?: number;
  readonly quiet?: boolean;
}

export function createProgressPrinter(options: PrinterOptions): ProgressPrinter {
  const { write, terminal, now, columns = 100, quiet = false } = options;
  const pause = terminal ? 100 : 15_000;
  let stage = "";
  let started = 0;
  let printed = Number.NEGATIVE_INFINITY;
  let open = false;

  const endLine = (): void => {
    if (open) write("\n");
    open = false;
  };
  return {
    report: (event) => {
      if (quiet) return;
      const time = now();
      if (event.stage !== stage) {
        endLine();
        stage = event.stage;
        started = time;
        printed = Number.NEGATIVE_INFINITY;
      }
      const last = event.total > 0 && event.done >= event.total;
      if (time - printed < pause && !last) return;
      if (last && !terminal && time - printed < 1000) return;
      printed = time;
      const line = describe(event, (time - started) / 1000);
      if (terminal) {
        write(`\r\x1b[K${line.slice(0, columns - 1)}`);
        open = true;
      } else write(`${line}\n`);
    },
    note: (line) => {
      if (quiet) return;
      endLine();
      write(`${terminalText(line)}\n`);
    },
    finish: endLine,
  };
}

function describe(
  event: { stage: string; done: number; total: number; detail?: string },
  seconds: number,
): string {
  const { stage, done, total, detail } = event;
  const share = total > 0 ? done / total : 0;
  const bar = total > 0 ? `${"█".repeat(Math.round(share * 20)).padEnd(20, "░")} ` : "";
  const percent = total > 0 ? `${(100 * share).toFixed(0).padStart(3)} %` : `${done}`;
  const left =
    share > 0.02 && share < 1 && seconds > 1 ? `, ${duration((seconds / share) * (1 - share))} left` : "";
  return `${stage.padEnd(9)} ${bar}${percent}  ${duration(seconds)}${left}${detail ? `  ${terminalText(detail)}` : ""}`;
}

/** Seconds for people: `8 s`, `2 min 05 s`, `1 h 04 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
}
