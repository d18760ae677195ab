import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import test from "node:test";
import { z } from "zod";
import { descendantsOf, isRunning } from "../../lib/core/processes";
import { clusterUp } from "../../lib/ray/cluster";
import { clusterFolder } from "../../lib/ray/clusterState";
import { JobServer } from "../../lib/ray/jobServer";
import { startRayWorkers } from "../../lib/worker/rayWorkers";
import { isLoopback, listeningOf } from "./listening";
import { skip, theCluster } from "./onCluster";

test("clusterUp() starts processes that listen on loopback only", { skip }, async () => {
  const pids = theCluster().processes.map(({ pid }) => pid);
  const addresses = listeningOf([...pids, ...descendantsOf(pids).map(({ pid }) => pid)]);
  const ports = addresses.map((address) => address.slice(address.lastIndexOf(":") + 1));
  for (const address of [theCluster().address, theCluster().jobs, theCluster().client]) {
    assert.ok(ports.includes(address?.split(":").at(-1) ?? ""), `nobody listens on ${address}`);
  }
  assert.deepEqual(
    addresses.filter((address) => !isLoopback(address)),
    [],
  );
});

test("listeningOf() sees who listens everywhere", { skip: !existsSync("/proc/net/tcp6") }, async () => {
  for (const host of ["0.0.0.0", "::", "127.0.0.1", "::1"]) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const found = listeningOf([process.pid]);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(found.length, 1, host);
    assert.equal(isLoopback(found[0]), host !== "0.0.0.0" && host !== "::", found[0]);
  }
});

test("clusterUp() keeps its token to its owner and lets nobody in without it", { skip }, async () => {
  const { address, client, jobs, token } = theCluster();
  assert.equal(statSync(token).mode & 0o777, 0o600);
  const list = { method: "GET", answer: z.array(z.unknown()) } as const;
  await assert.rejects(new JobServer(jobs, undefined).ask(list), /wants its token.* current value is none/);
  await assert.rejects(
    new JobServer(jobs, "wrong").ask(list),
    /wants its token.* current value is another one/,
  );
  const before = process.env.RAY_AUTH_MODE;
  process.env.RAY_AUTH_MODE = "disabled";
  try {
    for (const at of [address, client as string]) {
      await assert.rejects(startRayWorkers({ address: at, count: 1 }), {
        name: "LabError",
        message: /Cannot use the Ray cluster: it must be reachable/,
      });
    }
  } finally {
    if (before === undefined) delete process.env.RAY_AUTH_MODE;
    else process.env.RAY_AUTH_MODE = before;
  }
});

test("clusterUp() says that the cluster is up, and leaves it so", { skip }, async () => {
  await assert.rejects(clusterUp({ folder: clusterFolder() }), {
    name: "LabError",
    message:
      /none must be up in .*, current value is 127\.0\.0\.1:\d+ \(since .*"facenet-lab ray down" ends it/,
  });
  const gone = theCluster().processes.filter((mark) => mark.name !== "helper" && !isRunning(mark));
  assert.deepEqual(gone, []);
});
