import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LocalWorkers } from "../worker/localWorkers";

/** Clock ticks of Linux's process accounting in a second (USER_HZ), the same on every platform that Node runs on. */
const TICKS = 100;

/** Processor seconds of a process and its threads so far. Linux only: throws where /proc is not. */
function processorSeconds(pid: number): number {
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

/** Nanoseconds that the threads of some processes ran, and that they could have run but waited for a processor; from Linux's /proc. */
export function threadTimes(pids: readonly (number | undefined)[]): {
  readonly ran: number;
  readonly waited: number;
} {
  let [ran, waited] = [0, 0];
  for (const pid of pids) {
    if (pid === undefined) continue;
    const tasks = `/proc/${pid}/task`;
    for (const thread of readdirSync(tasks)) {
      const [run, wait] = readFileSync(join(tasks, thread, "schedstat"), "utf8")
        .split(" ")
        .map(Number);
      ran += run;
      waited += wait;
    }
  }
  return { ran, waited };
}
