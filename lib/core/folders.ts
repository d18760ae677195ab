import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** Root of the installed package (the folder of package.json), whether this file runs from `lib/` or `dist/lib/`. */
export function packageRoot(): string {
  const folder = resolve(__dirname, "..", "..");
  return folder.endsWith("dist") ? dirname(folder) : folder;
}

/** Version of the installed package. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string })
    .version;
}

/** Where large derived files live (engine, aligned crops): `FACENET_LAB_CACHE`, else the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.FACENET_LAB_CACHE) return resolve(env.FACENET_LAB_CACHE);
  return join(env.XDG_CACHE_HOME ? resolve(env.XDG_CACHE_HOME) : join(homedir(), ".cache"), "facenet-lab");
}
