// npm start [-- --no-lab] [-- the walk's options]: all set-up, then the walk, then (on a terminal) JupyterLab on the first notebook.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setUp } from "./all.mjs";
import { openLab } from "./lab.mjs";
import { main, root, say } from "./steps.mjs";

const args = process.argv.slice(2);
const walkArguments = args.filter((arg) => arg !== "--no-lab");
const interactive =
  process.stdin.isTTY && process.stdout.isTTY && !process.env.CI && !args.includes("--no-lab");

/** The walk gets Ctrl-C itself (same terminal); this process only waits for its end. */
function walk() {
  const command = [join(root, "dist", "lib", "cli", "main.js"), "walk", "--resume", ...walkArguments];
  const child = spawn(process.execPath, command, { cwd: root, stdio: "inherit" });
  const wait = () => {};
  process.on("SIGINT", wait);
  return new Promise((done) =>
    child.on("exit", (code, signal) => {
      process.off("SIGINT", wait);
      done(signal ? 130 : (code ?? 1));
    }),
  );
}

await main(async () => {
  await setUp();
  say("everything is set up; starting the walk");
  const code = await walk();
  if (code !== 0 || !interactive) return code;
  return openLab([]);
});
