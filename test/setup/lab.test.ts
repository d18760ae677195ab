import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../lib/core/folders";
import { runOffline, withoutNetwork } from "../offline/namespace";

const lab = pathToFileURL(join(packageRoot(), "setup", "lab.mjs")).href;

test("labArguments() opens the first notebook on this machine only, and changes nothing of Jupyter's token", async () => {
  const { labArguments } = (await import(lab)) as { labArguments: (args: readonly string[]) => string[] };
  const own = labArguments([]);
  assert.equal(own[0], join("notebooks", "00-start-here.ipynb"));
  assert.ok(own.includes("--ip=127.0.0.1"));
  assert.ok(own.includes(`--ServerApp.root_dir=${packageRoot()}`));
  assert.ok(
    !own.some((arg) => /token|password|allow_remote|allow_origin|disable_check_xsrf/.test(arg)),
    own.join(" "),
  );
  // What a person names comes last, where it wins, and replaces the first notebook.
  assert.deepEqual(labArguments(["a.ipynb", "--no-browser"]).slice(-2), ["a.ipynb", "--no-browser"]);
  assert.ok(!labArguments(["a.ipynb"]).includes(own[0]));
});

/**
 * Starts the server, asks it for a folder without a token, with one, and by a name that somebody else's page could have rebound to this machine, and lists
 * the addresses on which anything listens: it runs in a network of its own, where that is this server alone.
 */
const PROBE = `
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { spawn } from "node:child_process";
import { venvProgram } from "./setup/python.mjs";
import { labArguments } from "./setup/lab.mjs";
const server = spawn(venvProgram("jupyter-lab"), labArguments(["--no-browser", "--ServerApp.port=0"]), { stdio: ["ignore", "ignore", "pipe"] });
let log = "";
const [, port, token] = await new Promise((found) => server.stderr.on("data", (part) => {
  log += part;
  const address = /http:\\/\\/127\\.0\\.0\\.1:(\\d+)\\/lab\\S*token=(\\w+)/.exec(log);
  if (address) found(address);
}));
const ask = (path, headers = {}) => new Promise((done, fail) =>
  get({ host: "127.0.0.1", port, path, headers }, (answer) => { answer.resume(); done(answer.statusCode); }).on("error", fail));
// The address is printed a moment before anything listens there.
while ((await ask("/api").catch(() => 0)) === 0) await new Promise((later) => setTimeout(later, 50));
const authorization = { authorization: "token " + token };
const answers = {
  without: await ask("/api/contents"),
  with: await ask("/api/contents", authorization),
  rebound: await ask("/api/contents", { ...authorization, host: "evil.example" }),
};
const listening = ["tcp", "tcp6", "udp", "udp6"].flatMap((kind) =>
  [...readFileSync("/proc/net/" + kind, "utf8").matchAll(/: (\\w+:\\w+) \\w+:\\w+ (0A|07) /g)].map(([, local]) => local));
console.log(JSON.stringify({ ...answers, listening, tokenLength: token.length }));
server.kill("SIGKILL");
process.exit(0);
`;

const jupyter = join(packageRoot(), ".venv", "bin", "jupyter-lab");
const skip = withoutNetwork.skip || (existsSync(jupyter) ? false : "skipped: no JupyterLab in .venv");

test("the notebook server listens on the loopback address only, asks for a token, and answers to no other name", {
  skip,
}, () => {
  const ran = runOffline(process.execPath, ["--input-type=module", "-e", PROBE, "probe"]);
  assert.equal(ran.status, 0, ran.stderr);
  const seen = JSON.parse(ran.stdout) as Record<string, unknown> & { listening: string[] };
  assert.ok(seen.listening.length >= 1);
  // 127.0.0.1 in the byte order of /proc/net.
  for (const address of seen.listening) assert.match(address, /^0100007F:/);
  assert.deepEqual([seen.without, seen.with, seen.rebound], [403, 200, 403]);
  assert.ok((seen.tokenLength as number) >= 40);
});
