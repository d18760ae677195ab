import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { Interrupted, LabError, messageOf } from "../core/errors";
import { checkFolderFree, writeFileAtomic } from "../core/files";
import { type Lock, takeLock } from "../core/lock";
import type { LongWork } from "../core/progress";
import { encodePng } from "../image/codec";
import { contactSheet } from "./contactSheet";
import { encodeManifest, type ManifestRow } from "./manifest";
import { checkPlan, GENERATOR_VERSION, type SetPlan } from "./plan";
import { finishedRows, rowsFile } from "./renderFolder";

export interface GenerateOptions extends LongWork {
  /** Worker threads, at least 1; default as many as the machine has processors. */
  readonly threads?: number;
}

export interface Generated {
  readonly images: number;
  /** Pictures that this run drew; the others were there from an interrupted one. */
  readonly drawn: number;
  /** Seconds of drawing. */
  readonly seconds: number;
  readonly manifest: string;
  readonly sheet: string;
}

/**
 * Writes a set of synthetic faces: one folder per identity, `manifest.csv` with every factor and landmark, and `contact-sheet.png`.
 * Folders are drawn by worker threads and kept when the run is stopped; the next run with the same plan goes on. Throws a LabError when
 * `out` holds a set of another plan, or when another process draws there.
 */
export async function generateFaces(
  plan: SetPlan,
  out: string,
  options: GenerateOptions = {},
): Promise<Generated> {
  const { threads = availableParallelism() } = options;
  checkPlan(plan);
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(
      `Cannot generate faces: threads must be an integer of at least 1, current value is ${threads}`,
    );
  }
  const lock = lockFolder(out);
  try {
    claim(plan, out);
    return await generateIn(plan, out, { ...options, threads });
  } finally {
    lock.release();
  }
}

/** Hidden: no part of the set. */
const LOCK = ".generate.lock";

function lockFolder(out: string): Lock {
  try {
    mkdirSync(out, { recursive: true });
    return takeLock(join(out, LOCK), out);
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError(`Cannot write the folder ${out}: ${messageOf(error)}`);
  }
}

async function generateIn(
  plan: SetPlan,
  out: string,
  { threads, progress, signal }: GenerateOptions & { readonly threads: number },
): Promise<Generated> {
  const open: number[] = [];
  for (let k = 0; k < plan.identities; k++) if (!existsSync(rowsFile(out, k))) open.push(k);
  const total = plan.identities * plan.images;
  let done = total - open.length * plan.images;
  const before = done;
  const report = (drawn: number): void => {
    done += drawn;
    progress?.({ stage: "generate", done, total, detail: `${plan.identities} identities` });
  };
  report(0);
  const start = performance.now();
  await runWorkers(plan, out, open, Math.min(threads, open.length), signal, report);
  if (signal?.aborted)
    throw new Interrupted("Stopped: generating faces; what was drawn is kept, the same command goes on");
  const seconds = (performance.now() - start) / 1000;
  const rows: ManifestRow[] = [];
  for (let k = 0; k < plan.identities; k++) rows.push(...(finishedRows(out, k) ?? []));
  const manifest = join(out, "manifest.csv");
  writeFileAtomic(manifest, encodeManifest(rows));
  const sheet = join(out, "contact-sheet.png");
  writeFileAtomic(sheet, await encodePng(await contactSheet(out, rows, plan.size)));
  return { images: rows.length, drawn: done - before, seconds, manifest, sheet };
}

/** The plan and the generator's version are stored beside the pictures; a folder of others is refused. */
function claim(plan: SetPlan, out: string): void {
  const file = join(out, "plan.json");
  const text = `${JSON.stringify({ ...plan, generator: GENERATOR_VERSION }, null, 2)}\n`;
  if (existsSync(file)) {
    if (readFileSync(file, "utf8") !== text) {
      throw new LabError(
        `Cannot generate faces in ${out}: it holds a set of another plan or of another version of the generator (see plan.json); give another folder`,
      );
    }
    return;
  }
  checkFolderFree(out, [LOCK]);
  writeFileAtomic(file, text);
}

async function runWorkers(
  plan: SetPlan,
  out: string,
  open: readonly number[],
  threads: number,
  signal: AbortSignal | undefined,
  report: (drawn: number) => void,
): Promise<void> {
  let next = 0;
  const lane = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(join(__dirname, "renderWorker.js"), { workerData: { plan, out } });
      const end = (finish: () => void): void => {
        void worker.terminate().then(finish, finish);
      };
      const step = (): void => {
        if (next >= open.length || signal?.aborted) end(resolve);
        else worker.postMessage(open[next++]);
      };
      worker.on("message", ({ drawn, error }: { drawn?: number; error?: string }) => {
        if (error !== undefined) return end(() => reject(new LabError(error)));
        report(drawn ?? 0);
        step();
      });
      worker.on("error", (error) => end(() => reject(error)));
      step();
    });
  await Promise.all(Array.from({ length: threads }, lane));
}
