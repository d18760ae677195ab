import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { descendantsOf, isRunning, markOf, type ProcessMark } from "../../lib/core/processes";
import { clusterDown, clusterUp } from "../../lib/ray/cluster";
import { type ClusterState, rayEnvironment, rayToken, readClusterState } from "../../lib/ray/clusterState";
import { inFolder } from "../inFolder";

/** Runs `body` with a process that does nothing. */
async function withSleeper(body: (child: ChildProcess, mark: ProcessMark) => Promise<void>): Promise<void> {
  // The shell has a child of its own.
  const child = spawn("sh", ["-c", "sleep 600 & echo started; wait"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    await new Promise((resolve) => child.stdout.once("data", resolve));
    await body(child, markOf(child.pid as number));
  } finally {
    for (const { pid } of descendantsOf([child.pid as number])) process.kill(pid, "SIGKILL");
    child.kill("SIGKILL");
  }
}

/** Writes the state of a cluster of these processes. */
function writeState(
  folder: string,
  marks: readonly ProcessMark[],
  change: Partial<ClusterState> = {},
): ClusterState {
  const state: ClusterState = {
    address: "127.0.0.1:6399",
    jobs: "http://127.0.0.1:8265",
    client: null,
    nodes: 1,
    processors: 2,
    token: join(folder, "token"),
    scratch: "/tmp/facenet-lab-ray-nobody",
    started: "2026-01-01T00:00:00.000Z",
    processes: marks.map((mark) => ({ name: "raylet", ...mark })),
    ...change,
  };
  writeFileSync(state.token, "abc\n");
  writeFileSync(join(folder, "cluster.json"), JSON.stringify(state));
  return state;
}

test("clusterDown() ends the processes that were started, with what descends from them", () =>
  inFolder(async (folder) => {
    await withSleeper(async (child, mark) => {
      writeState(folder, [mark]);
      const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
      const below = descendantsOf([mark.pid]);
      assert.equal(below.length, existsSync("/proc") ? 1 : 0);
      assert.equal((await clusterDown(folder))?.address, "127.0.0.1:6399");
      assert.deepEqual(below.filter(isRunning), []);
      assert.equal(await ended, "SIGTERM");
      assert.ok(!existsSync(join(folder, "cluster.json")) && !existsSync(join(folder, "token")));
      assert.equal(await clusterDown(folder), undefined);
    });
  }));

test(
  "clusterDown() leaves a process alone that was given the id of one that ended",
  { skip: !existsSync("/proc") },
  () =>
    inFolder(async (folder) => {
      await withSleeper(async (child, { pid, birth }) => {
        writeState(folder, [{ pid, birth: `${birth}0` }]);
        await clusterDown(folder);
        assert.equal(child.exitCode, null);
        assert.ok(isRunning({ pid, birth }));
      });
    }),
);

test("clusterUp() says that one is up, that Ray is missing and what is out of range, and leaves nothing behind", () =>
  inFolder(async (folder) => {
    const python = process.execPath;
    await assert.rejects(clusterUp({ folder, python: "/no/such/python" }), {
      name: "LabError",
      message: /"npm run setup:ray" must have installed it .* current value is \/no\/such\/python/,
    });
    await assert.rejects(
      clusterUp({ folder, nodes: 0 }),
      /the number of nodes must be an integer in \[1, 16\], current value is 0/,
    );
    await assert.rejects(
      clusterUp({ folder, processors: 1.5 }),
      /processors must be .* current value is 1.5/,
    );
    // Node is no Python: it ends at once, as a broken installation would.
    await assert.rejects(
      clusterUp({ folder, python }),
      /Cannot start a Ray cluster: it ended with exit code 1; its last words: .*cluster.log/,
    );
    assert.ok(!existsSync(join(folder, "token")) && !existsSync(join(folder, "lock")));
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    await withSleeper(async (_, mark) => {
      writeState(folder, [mark]);
      await assert.rejects(
        clusterUp({ folder, python }),
        /none must be up in .*, current value is 127.0.0.1:6399 \(since 2026-01-01/,
      );
    });
  }));

test("clusterUp() ends what it started when its signal is aborted", () =>
  inFolder(async (folder) => {
    // A Python that never says that it is up.
    const python = join(folder, "python");
    writeFileSync(python, '#!/bin/sh\necho $$ > "$(dirname "$0")/pid"\nexec sleep 600\n', { mode: 0o755 });
    const stop = new AbortController();
    const up = clusterUp({ folder, python, signal: stop.signal });
    const timer = setInterval(() => {
      if (existsSync(join(folder, "pid"))) stop.abort();
    }, 20);
    await assert.rejects(up, { name: "Interrupted" });
    clearInterval(timer);
    assert.ok(!existsSync(join(folder, "token")));
    assert.ok(!isRunning(markOf(Number(readFileSync(join(folder, "pid"), "utf8")))));
  }));

test("clusterUp() ends what it started when its state cannot be written", () =>
  inFolder(async (folder) => {
    // A Python that says at once that it is up, and puts a folder where the state belongs.
    const python = join(folder, "python");
    const lines = [
      "#!/bin/sh",
      'here="$(dirname "$0")"',
      'echo $$ > "$here/pid"',
      'mkdir "$here/cluster.json"',
      `echo '{"ports": {"port": 6399, "jobs": 8265, "client": null}, "processes": {"keeper": ['$$']}}'`,
      "exec sleep 600",
    ];
    writeFileSync(python, `${lines.join("\n")}\n`, { mode: 0o755 });
    await assert.rejects(clusterUp({ folder, python }), /Cannot write .*cluster\.json/);
    assert.ok(!existsSync(join(folder, "token")));
    assert.ok(!isRunning(markOf(Number(readFileSync(join(folder, "pid"), "utf8")))));
  }));

test("readClusterState() refuses a file that would let others choose what is removed or where the token goes", () =>
  inFolder((folder) => {
    const refused: Partial<ClusterState>[] = [
      { scratch: "/home" },
      { scratch: "/tmp/facenet-lab-ray-a/../../" },
      { jobs: "http://elsewhere:8265" },
      { address: "10.0.0.1:6399" },
    ];
    for (const change of refused) {
      writeState(folder, [], change);
      assert.throws(
        () => readClusterState(folder),
        /cluster.json: it must hold what "facenet-lab ray up" writes/,
      );
    }
    writeFileSync(join(folder, "cluster.json"), "{");
    assert.throws(() => readClusterState(folder), /Cannot read .*cluster.json/);
    assert.equal(readClusterState(join(folder, "missing")), undefined);
  }));

test("rayToken() and rayEnvironment() give the local cluster's token to its own addresses alone", () =>
  inFolder((folder) => {
    const { token } = writeState(folder, [], { client: "ray://127.0.0.1:20001" });
    const env = { FACENET_LAB_RAY_STATE: folder };
    for (const address of ["127.0.0.1:6399", "http://127.0.0.1:8265", "ray://127.0.0.1:20001"]) {
      assert.deepEqual(rayEnvironment(address, env), {
        ...env,
        RAY_AUTH_MODE: "token",
        RAY_AUTH_TOKEN_PATH: token,
      });
      assert.equal(rayToken(address, env), "abc");
    }
    for (const address of ["127.0.0.1:6400", "http://head:8265", "http://127.0.0.1:8265.elsewhere"]) {
      assert.equal(rayEnvironment(address, env), env);
      assert.equal(rayToken(address, env), undefined);
    }
    const own = { ...env, RAY_AUTH_MODE: "token", RAY_AUTH_TOKEN: "mine" };
    assert.equal(rayToken("http://127.0.0.1:8265", own), "mine");
    assert.throws(
      () => rayToken("http://head:1", { RAY_AUTH_TOKEN_PATH: join(folder, "no") }),
      /Cannot read the token .*no: /,
    );
    mkdirSync(join(folder, "empty"));
    assert.equal(
      rayToken("http://127.0.0.1:8265", { FACENET_LAB_RAY_STATE: join(folder, "empty") }),
      undefined,
    );
  }));
