import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../lib/core/folders";

/** How a program went: seconds, and the most memory that it held, in MiB. */
export interface Cost {
  readonly seconds: number;
  readonly peak: number;
  readonly out: string;
}

export const commandLine: string = join(packageRoot(), "dist", "lib", "cli", "main.js");

/** Runs a Node program to its end. Throws with its last words when it fails. */
export async function costOf(folder: string, script: string, args: readonly string[]): Promise<Cost> {
  const file = join(folder, "peak");
  const child = spawn(process.execPath, ["--require", join(__dirname, "peak.js"), script, ...args], {
    env: { ...process.env, PEAK_FILE: file, FACENET_LAB_CACHE: join(folder, "cache") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const start = performance.now();
  let [out, errors] = ["", ""];
  child.stdout.on("data", (part) => {
    out += part;
  });
  child.stderr.on("data", (part) => {
    errors = (errors + part).slice(-2000);
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${errors}`);
  return { seconds: (performance.now() - start) / 1000, peak: Number(readFileSync(file, "utf8")), out };
}
