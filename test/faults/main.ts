/**
 * node dist/test/faults/main.js kill [KILLS] [SEED]: a walk is killed (SIGKILL) at random moments and resumed, over and over, until it ends; every end must
 * hold the weights and embeddings of a walk that nobody disturbed, to the byte.
 * node dist/test/faults/main.js full [EVERY]: in each walk one write fails as on a full disk, every write of it in turn (or each EVERY-th): it must say so in one line, exit with 1,
 * leave no temporary file, and go on with --resume to the same end.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "../../lib/core/random";
import { drawData, type Ended, endOf, walk } from "./run";

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/** Kinds of moments: what a killed run was last heard doing. */
const lastStage = ({ errors }: Ended): string => /(\w+)[^\n]*\s*$/.exec(errors)?.[1] ?? "start";

async function killAtRandom(folder: string, data: string, kills: number, seed: number): Promise<string[]> {
  const undisturbed = join(folder, "undisturbed");
  const whole = await walk(data, undisturbed);
  if (whole.status !== 0) throw new Error(`the undisturbed walk failed: ${whole.errors}`);
  const wanted = endOf(undisturbed);
  const random = createRandom(seed);
  const wrong: string[] = [];
  const moments = new Map<string, number>();
  let done = 0;
  for (let run = 0; done < kills; run++) {
    const out = join(folder, `run ${run}`);
    let ended: Ended;
    for (let tries = 0; ; tries++) {
      // Every third try is let alone, so that the run comes to an end.
      const alone = done >= kills || tries % 3 === 2;
      const killAfter = alone ? undefined : 200 + random.next() * whole.milliseconds;
      ended = await walk(data, out, { resume: tries > 0, killAfter });
      if (!ended.killed) break;
      done++;
      moments.set(lastStage(ended), (moments.get(lastStage(ended)) ?? 0) + 1);
    }
    if (ended.status !== 0) wrong.push(`run ${run}: resuming failed: ${ended.errors.slice(-300)}`);
    else if (endOf(out) !== wanted) wrong.push(`run ${run}: another end than the undisturbed walk`);
    rmSync(out, { recursive: true, force: true });
  }
  say(
    `${done} kills (${[...moments].map(([stage, count]) => `${stage} ${count}`).join(", ")}): ${wrong.length} wrong`,
  );
  return wrong;
}

async function failEveryWrite(folder: string, data: string, every: number): Promise<string[]> {
  const preload = join(__dirname, "failWrite.js");
  const count = join(folder, "count");
  const out = join(folder, "out");
  const fault = (at: number): NodeJS.ProcessEnv => ({
    ...process.env,
    FAULT_FOLDER: out,
    FAULT_AT: String(at),
    FAULT_COUNT: count,
  });
  const whole = await walk(data, out, { preload, env: fault(0) });
  if (whole.status !== 0) throw new Error(`the undisturbed walk failed: ${whole.errors}`);
  const wanted = endOf(out);
  const writes = Number(readFileSync(count, "utf8"));
  const wrong: string[] = [];
  let tried = 0;
  for (let at = 1; at <= writes; at += every) {
    tried++;
    rmSync(out, { recursive: true, force: true });
    const ended = await walk(data, out, { preload, env: fault(at) });
    const message = ended.errors.trim().split("\n").at(-1) ?? "";
    const refuse = (why: string): number => wrong.push(`write ${at} of ${writes}: ${why}: ${message}`);
    if (ended.status !== 1) refuse(`exit status ${ended.status}`);
    if (!/ENOSPC|no space/.test(message) || !/Cannot/.test(message))
      refuse("the message does not say what could not be written");
    if (/\n\s+at /.test(ended.errors)) refuse("a stack is shown");
    const left = filesBelow(out).filter((name) => /\.tmp|temporary/.test(name));
    if (left.length > 0) refuse(`temporary files stay: ${left.join(", ")}`);
    const again = await walk(data, out, { resume: filesBelow(out).length > 0 });
    if (again.status !== 0) refuse(`resuming failed (${again.errors.trim().split("\n").at(-1)})`);
    else if (endOf(out) !== wanted) refuse("another end than the undisturbed walk");
  }
  say(`${tried} of ${writes} writes failed in turn: ${wrong.length} wrong`);
  return wrong;
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true }).map(String);
  } catch {
    return [];
  }
}

async function main([kind, ...numbers]: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "facenet-lab-faults-"));
  try {
    const data = join(folder, "data");
    await drawData(data);
    const [first, second] = numbers.map(Number);
    const wrong =
      kind === "full"
        ? await failEveryWrite(folder, data, first ?? 1)
        : await killAtRandom(folder, data, first ?? 50, second ?? 1);
    for (const line of wrong) say(`WRONG ${line}`);
    return wrong.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).then((status) => process.exit(status));
