import { existsSync, readFileSync } from "node:fs";
import { LabError } from "./errors";

/**
 * A result that an earlier run kept as JSON, or undefined where there is none. `parse` gives it back, or undefined (or throws) for what is not it: then a LabError
 * says that the file must hold `wanted`.
 */
export function readKept<T>(
  path: string,
  parse: (json: unknown) => T | undefined,
  wanted: string,
): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const kept = parse(JSON.parse(readFileSync(path, "utf8")));
    if (kept !== undefined) return kept;
  } catch {
    // Not JSON, or not ours: said below.
  }
  throw new LabError(`Cannot read ${path}: it must hold ${wanted}`);
}
