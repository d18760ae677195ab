import { setTimeout as pause } from "node:timers/promises";
import { descendantsOf, isRunning, type ProcessMark } from "../core/processes";

/** Milliseconds that processes have to end in order, and then after SIGKILL. */
const GRACE_MS = 15_000;

/**
 * Ends processes and what descends from them: the first is asked (SIGTERM) to end the others; what runs on after the grace is killed. A process whose id was given to
 * another one meanwhile is left alone.
 */
export async function endProcesses(marks: readonly ProcessMark[], grace: number = GRACE_MS): Promise<void> {
  const running = marks.filter(isRunning);
  const all = [...running, ...descendantsOf(running.map(({ pid }) => pid))];
  if (all.length === 0) return;
  const [first] = marks;
  if (isRunning(first)) {
    send(first, "SIGTERM");
    await gone(all, grace);
  }
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const mark of all.filter(isRunning)) send(mark, signal);
    await gone(all, signal === "SIGTERM" ? 2000 : grace);
  }
}

function send({ pid }: ProcessMark, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in between.
  }
}

async function gone(marks: readonly ProcessMark[], patience: number): Promise<void> {
  const end = performance.now() + patience;
  while (marks.some(isRunning) && performance.now() < end) await pause(100);
}
