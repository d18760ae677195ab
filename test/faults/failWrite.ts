/**
 * Loaded before a program (`--require`): the FAULT_AT-th call that writes below FAULT_FOLDER fails as on a full disk, or, with FAULT_KIND "kill before" or
 * "kill after", the process ends there. FAULT_COUNT names a file that gets
 * the number of such calls, one after another.
 */
import fs from "node:fs";
import { resolve, sep } from "node:path";

const folder = resolve(process.env.FAULT_FOLDER ?? "/") + sep;
const at = Number(process.env.FAULT_AT ?? 0);
const countFile = process.env.FAULT_COUNT;
const kind = process.env.FAULT_KIND ?? "full";
let calls = 0;

type Call = (...args: unknown[]) => unknown;

/** Counts a call whose first argument is a path in the folder (or, for a descriptor, any) and fails the chosen one. */
function guard(
  holder: object,
  name: string,
  writes: (args: readonly unknown[]) => boolean = () => true,
): void {
  const methods = holder as Record<string, Call>;
  const original = methods[name];
  methods[name] = function guarded(this: unknown, ...args: unknown[]): unknown {
    const [path] = args;
    const inside = typeof path !== "string" || `${resolve(path)}${sep}`.startsWith(folder);
    if (!inside || !writes(args)) return original.apply(this, args);
    calls++;
    if (countFile) rawWrite(countFile, String(calls));
    if (calls !== at) return original.apply(this, args);
    if (kind !== "full") {
      // A promise's write may be under way then: that is a moment like any other.
      if (kind === "kill after") original.apply(this, args);
      process.kill(process.pid, "SIGKILL");
    }
    const error = Object.assign(new Error(`ENOSPC: no space left on device, ${name} '${String(path)}'`), {
      code: "ENOSPC",
    });
    throw error;
  };
}

const rawWrite = fs.writeFileSync.bind(fs);
const opensToWrite = ([, flags]: readonly unknown[]): boolean =>
  typeof flags === "string" && /[wax+]/.test(flags);
const onFiles = ([target]: readonly unknown[]): boolean => typeof target !== "number" || target > 2;

guard(fs, "writeFileSync", onFiles);
guard(fs, "appendFileSync", onFiles);
guard(fs, "writeSync", onFiles);
guard(fs, "renameSync");
guard(fs, "mkdirSync");
guard(fs, "copyFileSync");
guard(fs, "openSync", opensToWrite);
guard(fs.promises, "writeFile");
guard(fs.promises, "rename");
guard(fs.promises, "mkdir");
guard(fs.promises, "open", opensToWrite);
