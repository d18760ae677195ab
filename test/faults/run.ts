import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "../../lib/core/random";
import { encodePng } from "../../lib/image/codec";
import { raster } from "../../lib/image/raster";

const SIZE = 20;
const IDENTITIES = 24;
const IMAGES = 6;

/** A folder of noisy copies of one random picture per identity: a whole walk over it takes seconds. */
export async function drawData(folder: string): Promise<void> {
  const random = createRandom(1);
  const values = SIZE * SIZE * 3;
  for (let id = 0; id < IDENTITIES; id++) {
    const pattern = Array.from({ length: values }, () => random.integer(256));
    mkdirSync(join(folder, `identity ${id}`), { recursive: true });
    for (let k = 0; k < IMAGES; k++) {
      const pixels = Uint8Array.from(pattern, (value) => 0.6 * value + 0.4 * random.integer(256));
      const png = await encodePng(raster(SIZE, SIZE, 3, pixels));
      writeFileSync(join(folder, `identity ${id}`, `${k}.png`), png);
    }
  }
}

/** How a process ended. */
export interface Ended {
  readonly status: number | null;
  readonly killed: boolean;
  readonly errors: string;
}

/** When a walk is killed: at the line-th piece of progress of a stage (from 0), and some milliseconds after it. */
export interface Moment {
  readonly stage: string;
  readonly line: number;
  readonly delay: number;
}

/** The stages of the progress on standard error, one for each line of it. */
export function stagesIn(errors: string): string[] {
  return [...errors.matchAll(/^(\w+) +[█░]/gm)].map(([, stage]) => stage);
}

/** A walk in a process of its own. `killAt` sends SIGKILL; `preload` is loaded before anything else. */
export function walk(
  data: string,
  out: string,
  options: {
    readonly resume?: boolean;
    readonly killAt?: Moment;
    readonly preload?: string;
    readonly env?: NodeJS.ProcessEnv;
  } = {},
): Promise<Ended> {
  const { resume = false, killAt, preload, env = process.env } = options;
  const settings =
    "--steps 40 --checkpoint-every 3 --net laptop-small --size 16 --mode center-crop --seed 1".split(" ");
  const args = [
    ...(preload ? ["--require", preload] : []),
    join(__dirname, "teller.js"),
    ...["walk", "--data", data, "--out", out, ...settings],
    ...(resume ? ["--resume"] : []),
    "--json",
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"], env });
  let errors = "";
  let clock: NodeJS.Timeout | undefined;
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    errors += part;
    if (!killAt || clock) return;
    if (stagesIn(errors).filter((stage) => stage === killAt.stage).length > killAt.line)
      clock = setTimeout(() => child.kill("SIGKILL"), killAt.delay);
  });
  return new Promise((resolve) => {
    child.on("close", (status, signal) => {
      clearTimeout(clock);
      resolve({ status, killed: signal === "SIGKILL", errors });
    });
  });
}

/** What must not depend on what happened on the way: the trained weights and the test images' embeddings, as one digest. */
export function endOf(out: string): string {
  const digest = createHash("sha256");
  for (const file of ["model/weights.bin", "embeddings/vectors.npy"])
    digest.update(readFileSync(join(out, file)));
  return digest.digest("hex");
}
