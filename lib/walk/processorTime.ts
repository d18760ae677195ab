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

/** Processor and wall-clock seconds of one request, over repeats of it that take `least` processor seconds together; the first one warms up. */
export async function costOf(
  { workers, least }: { readonly workers: LocalWorkers; readonly least: number },
  ask: () => Promise<unknown>,
): Promise<{ readonly core: number; readonly wall: number }> {
  await ask();
  const pid = workers.pids()[0] as number;
  const [start, since] = [processorSeconds(pid), performance.now()];
  let [asked, core] = [0, 0];
  do {
    await ask();
    asked++;
    core = processorSeconds(pid) - start;
  } while (core < least || core === 0);
  return { core: core / asked, wall: (performance.now() - since) / 1000 / asked };
}

/** Processor seconds that this process spends on `work`, over repeats of at least half a second together; the first one warms up. */
export async function ownCost(work: () => unknown): Promise<number> {
  await work();
  const start = process.cpuUsage();
  let [done, spent] = [0, 0];
  do {
    await work();
    done++;
    const { user, system } = process.cpuUsage(start);
    spent = (user + system) / 1e6;
  } while (spent < 0.5);
  return spent / done;
}
