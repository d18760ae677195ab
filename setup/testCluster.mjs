// npm run test:cluster: installs Ray if it is not there, then a Ray cluster on this machine, the tests that need one, and its end.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main, root, say } from "./steps.mjs";

const program = join(root, "dist", "lib", "cli", "main.js");
const folder = join(root, "dist", "test", "ray");

await main(() => {
  // Not the reader's own cluster: its state lies elsewhere.
  const env = { ...process.env, FACENET_LAB_RAY_STATE: mkdtempSync(join(tmpdir(), "facenet-lab-state-")) };
  const run = (...args) =>
    spawnSync(process.execPath, args, { cwd: root, env, stdio: "inherit" }).status ?? 1;
  try {
    say("starting a cluster of two nodes");
    if (run(program, "ray", "up", "--nodes", "2", "--processors", "2", "--client") !== 0) return 1;
    say("running the tests in test/ray");
    const files = readdirSync(folder).filter((name) => name.endsWith(".test.js"));
    const options = ["--test", "--enable-source-maps", "--test-reporter=spec", "--test-concurrency=1"];
    return run(...options, ...files.sort().map((name) => join(folder, name)));
  } finally {
    run(program, "ray", "down");
    rmSync(env.FACENET_LAB_RAY_STATE, { recursive: true, force: true });
  }
});
