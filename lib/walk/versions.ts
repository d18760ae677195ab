import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../core/folders";
import { engineVersions } from "../engine/versions";

/** Versions that decide a result: this package and its git revision (with "+changes" when files differ from it), engine, Node. */
export function versionsInUse(): Record<string, string> {
  const root = packageRoot();
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  return {
    "facenet-lab": version,
    revision: gitRevision(root),
    ...engineVersions(),
    platform: `${process.platform} ${process.arch}`,
  };
}

function gitRevision(root: string): string {
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", root, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    const revision = git("rev-parse", "--short=12", "HEAD");
    return git("status", "--porcelain", "--untracked-files=no") === "" ? revision : `${revision}+changes`;
  } catch {
    return "unknown (not a git checkout)";
  }
}
