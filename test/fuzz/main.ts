/**
 * node dist/test/fuzz/main.js [COUNT] [SEED]: COUNT mutated files (default 10,000) against every loader, in a child process that is watched: a mutant that takes
 * longer than a minute is a hang, a child that dies is a crash, and both are named. Prints per loader how many were tried, read and refused, and the most memory.
 */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attack, type Outcome } from "./attack";
import { openDoors } from "./doors";

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const HANG_MS = 60_000;

interface Report extends Outcome {
  readonly number: number;
  readonly rss: number;
}

async function attackAll(from: number, count: number, seed: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "facenet-lab-fuzz-"));
  const tell = (message: object): Promise<void> =>
    new Promise((resolve) => process.send?.(message, () => resolve()));
  try {
    const doors = await openDoors(folder);
    for (let number = from; number < count; number++) {
      await tell({ started: number, door: doors[number % doors.length].name });
      const outcome = await attack(doors, seed, number);
      await tell({ ...outcome, number, rss: process.memoryUsage.rss() });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function watch(count: number, seed: number): Promise<number> {
  const tried = new Map<string, { tried: number; read: number; slowest: number }>();
  const wrong: string[] = [];
  let most = 0;
  let next = 0;
  while (next < count) {
    const child = fork(__filename, ["--child", String(next), String(count), String(seed)], { silent: true });
    let current = "the set-up";
    let clock: NodeJS.Timeout | undefined;
    const errors: string[] = [];
    child.stderr?.on("data", (data: Buffer) => errors.push(data.toString()));
    child.on("message", (message: Report | { started: number; door: string }) => {
      clearTimeout(clock);
      if ("started" in message) {
        next = message.started + 1;
        current = `mutant ${message.started} of seed ${seed} at ${message.door}`;
        clock = setTimeout(() => {
          wrong.push(`${current}: it hangs`);
          child.kill("SIGKILL");
        }, HANG_MS);
        return;
      }
      const row = tried.get(message.door) ?? { tried: 0, read: 0, slowest: 0 };
      tried.set(message.door, row);
      row.tried++;
      if (message.accepted) row.read++;
      row.slowest = Math.max(row.slowest, message.milliseconds);
      most = Math.max(most, message.rss);
      if (message.wrong) wrong.push(`${current} (${message.how.join(", ")}): ${message.wrong}`);
    });
    const code = await new Promise<number | null>((resolve) => child.on("exit", resolve));
    clearTimeout(clock);
    if (code === 0) break;
    if (code !== null)
      wrong.push(`${current}: the process died with ${code}: ${errors.join("").slice(-300)}`);
  }
  for (const [door, row] of tried) {
    say(
      `${door.padEnd(20)} ${String(row.tried).padStart(6)} tried ${String(row.read).padStart(6)} read ${String(row.tried - row.read).padStart(6)} refused, slowest ${row.slowest.toFixed(0)} ms`,
    );
  }
  for (const line of wrong) say(`WRONG ${line}`);
  say(
    `${next} mutants of seed ${seed}: ${wrong.length} wrong, most memory ${(most / 2 ** 20).toFixed(0)} MiB`,
  );
  return wrong.length === 0 ? 0 : 1;
}

const [first, ...rest] = process.argv.slice(2);
if (first === "--child") {
  const [from, count, seed] = rest.map(Number);
  attackAll(from, count, seed).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(String(error));
      process.exit(3);
    },
  );
} else {
  watch(Number(first ?? 10_000), Number(rest[0] ?? 1)).then((status) => process.exit(status));
}
