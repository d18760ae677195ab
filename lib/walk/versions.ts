import { execFileSync } from "node:child_process";
import { packageRoot, packageVersion } from "../core/folders";
import { engineVersions } from "../engine/versions";

/** Versions that decide a result: this package and its git revision (with "+changes" when files differ from it), engine, Node. */
export function versionsInUse(): Record<string, string> {
  return {
    "facenet-lab": packageVersion(),
    revision: gitRevision(packageRoot()),
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
