/**
 * node dist/test/faults/main.js kill [KILLS] [SEED]: a walk is killed (SIGKILL) while it aligns, trains, embeds, evaluates, projects, each in turn, at a random
 * piece of progress, and resumed, over and over, until it ends; every end must hold the weights and embeddings of a walk that nobody disturbed, to the byte.
 * node dist/test/faults/main.js writes [EVERY]: it is killed before and after one write, every write of it in turn (or each EVERY-th): model, embeddings, report.
 * node dist/test/faults/main.js full [EVERY]: one write fails as on a full disk: it must say so in one line, exit with 1, leave no temporary file, and go on with
 * --resume to the same end.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "../../lib/core/random";
import { drawData, type Ended, endOf, stagesIn, walk } from "./run";

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/** What an undisturbed walk ends with, and its progress. */
async function undisturbed(
  data: string,
  out: string,
  options: Parameters<typeof walk>[2] = {},
): Promise<{ readonly end: string; readonly errors: string }> {
  const { status, errors } = await walk(data, out, options);
  if (status !== 0) throw new Error(`the undisturbed walk failed: ${errors}`);
  return { end: endOf(out), errors };
}

/** Lines of progress that each stage has. */
function linesOf(errors: string): Map<string, number> {
  const lines = new Map<string, number>();
  for (const stage of stagesIn(errors)) lines.set(stage, (lines.get(stage) ?? 0) + 1);
  return lines;
}

async function killInEveryStage(
  folder: string,
  data: string,
  kills: number,
  seed: number,
): Promise<string[]> {
  const { end: wanted, errors } = await undisturbed(data, join(folder, "undisturbed"));
  const lines = linesOf(errors);
  const stages = [...lines.keys()];
  const random = createRandom(seed);
  const wrong: string[] = [];
  const hits = new Map<string, number>();
  let asked = 0;
  for (let run = 0; asked < kills; run++) {
    const out = join(folder, `run ${run}`);
    // Aligned crops are cached: each run fills a cache of its own.
    const env = { ...process.env, FACENET_LAB_CACHE: join(folder, `cache ${run}`) };
    let ended: Ended;
    for (let tries = 0; ; tries++) {
      const stage = stages[asked % stages.length];
      // Every third try is let alone, so that the run comes to an end.
      const alone = asked >= kills || tries % 3 === 2;
      const line = random.integer(lines.get(stage) as number);
      const killAt = alone ? undefined : { stage, line, delay: 20 * random.next() };
      ended = await walk(data, out, { resume: tries > 0 && existsSync(join(out, "run.json")), killAt, env });
      if (killAt) asked++;
      if (!ended.killed) break;
      hits.set(stage, (hits.get(stage) ?? 0) + 1);
    }
    if (ended.status !== 0) wrong.push(`run ${run}: resuming failed: ${ended.errors.slice(-300)}`);
    else if (endOf(out) !== wanted) wrong.push(`run ${run}: another end than the undisturbed walk`);
    rmSync(out, { recursive: true, force: true });
    rmSync(env.FACENET_LAB_CACHE, { recursive: true, force: true });
  }
  const counts = stages.map((stage) => `${stage} ${hits.get(stage) ?? 0}`).join(", ");
  say(`${[...hits.values()].reduce((a, b) => a + b, 0)} kills (${counts}): ${wrong.length} wrong`);
  for (const stage of stages)
    if (!hits.has(stage) && kills >= 2 * stages.length) wrong.push(`no kill hit the stage ${stage}`);
  return wrong;
}

async function killAtEveryWrite(folder: string, data: string, every: number): Promise<string[]> {
  const preload = join(__dirname, "failWrite.js");
  const [count, out] = [join(folder, "count"), join(folder, "out")];
  const fault = (at: number, kind: string): NodeJS.ProcessEnv => ({
    ...process.env,
    ...{ FAULT_FOLDER: out, FAULT_AT: String(at), FAULT_COUNT: count, FAULT_KIND: kind },
  });
  const { end: wanted } = await undisturbed(data, out, { preload, env: fault(0, "full") });
  const writes = Number(readFileSync(count, "utf8"));
  const wrong: string[] = [];
  let tried = 0;
  for (let at = 1; at <= writes; at += every) {
    for (const kind of ["kill before", "kill after"]) {
      tried++;
      rmSync(out, { recursive: true, force: true });
      const ended = await walk(data, out, { preload, env: fault(at, kind) });
      if (!ended.killed) wrong.push(`${kind} write ${at} of ${writes}: it ended with ${ended.status}`);
      const again = await walk(data, out, { resume: existsSync(join(out, "run.json")) });
      if (again.status !== 0)
        wrong.push(`${kind} write ${at} of ${writes}: resuming failed: ${again.errors.slice(-300)}`);
      else if (endOf(out) !== wanted)
        wrong.push(`${kind} write ${at} of ${writes}: another end than the undisturbed walk`);
    }
  }
  say(`${tried} kills at ${writes} writes: ${wrong.length} wrong`);
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
  const { end: wanted } = await undisturbed(data, out, { preload, env: fault(0) });
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
    const again = await walk(data, out, { resume: existsSync(join(out, "run.json")) });
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
        : kind === "writes"
          ? await killAtEveryWrite(folder, data, first ?? 1)
          : await killInEveryStage(folder, data, first ?? 50, second ?? 1);
    for (const line of wrong) say(`WRONG ${line}`);
    return wrong.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).then((status) => process.exit(status));
