import { readFileSync } from "node:fs";
import type { LocalWorkers } from "../worker/localWorkers";

/** Clock ticks of Linux's process accounting in a second (USER_HZ), the same on every platform that Node runs on. */
const TICKS = 100;

/** Processor seconds of a process and its threads so far. Linux only: throws where /proc is not. */
export function processorSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** What one repeat takes. */
interface Cost {
  readonly core: number;
  readonly wall: number;
}

/** A round of repeats is warm when it is not cheaper than the one before by more than this share. */
const SETTLED = 0.05;

/** Processor and wall-clock seconds of one request when it is warm, over repeats of it that take `least` processor seconds together. */
export function costOf(
  { workers, least }: { readonly workers: LocalWorkers; readonly least: number },
  ask: () => Promise<unknown>,
): Promise<Cost> {
  const pid = workers.pids()[0] as number;
  return warmCost(ask, () => processorSeconds(pid), least);
}

/** Processor seconds that this process spends on `work` when it is warm, over repeats that take `least` of them together. */
export async function ownCost(least: number, work: () => unknown): Promise<number> {
  const spent = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  return (await warmCost(work, spent, least)).core;
}

/** The last of several rounds: compilers make the first ones dearer. */
async function warmCost(work: () => unknown, spent: () => number, least: number): Promise<Cost> {
  let before = await round(work, spent, least);
  for (;;) {
    const cost = await round(work, spent, least);
    if (cost.core > (1 - SETTLED) * before.core) return cost;
    before = cost;
  }
}

async function round(work: () => unknown, spent: () => number, least: number): Promise<Cost> {
  const [start, since] = [spent(), performance.now()];
  let [done, core] = [0, 0];
  do {
    await work();
    done++;
    core = spent() - start;
  } while (core < least || core === 0);
  return { core: core / done, wall: (performance.now() - since) / 1000 / done };
}
