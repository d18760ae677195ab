// The node packages, exactly as locked, and the package's own name as a link, so that notebooks import "facenet-lab".
import { existsSync, lstatSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { digest, root, run, SetupError, step, textOf } from "./steps.mjs";

const LEAST_NODE = [20, 19];

export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split(".").map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  throw new SetupError(
    `Node ${LEAST_NODE.join(".")} or newer is needed, this is ${version}: install it, then run the command again.`,
  );
}

export async function installPackages() {
  await step("packages", {
    title: "installing node packages",
    key: digest(textOf(join(root, "package-lock.json")), textOf(join(root, ".npmrc")), process.version),
    present: () =>
      existsSync(join(root, "node_modules", "tslab")) && existsSync(join(root, "node_modules", "typescript")),
    work: () =>
      void run("packages", "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
        advice:
          "The node packages could not be installed: check the network and the npm registry setting, then run the command again",
      }),
  });
  const link = join(root, "node_modules", "facenet-lab");
  if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync("..", link, "junction");
}
