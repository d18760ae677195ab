import { existsSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../core/errors";
import { packageRoot } from "../core/folders";

/** The Python of `npm run setup:ray`, or the one that FACENET_LAB_RAY names. */
export function rayPython(env: NodeJS.ProcessEnv = process.env): string {
  const bin = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  return env.FACENET_LAB_RAY ?? join(packageRoot(), ".setup", "ray", ...bin);
}

/** Throws a LabError that says how Ray is installed unless there is such a Python. */
export function checkRay(python: string): void {
  if (existsSync(python)) return;
  throw new LabError(
    `Cannot use Ray: "npm run setup:ray" must have installed it (or FACENET_LAB_RAY name a Python that has it), current value is ${python}, which is not there`,
  );
}
