import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { clusterDown, clusterUp } from "../../lib/ray/cluster";
import type { ClusterState } from "../../lib/ray/clusterState";
import { startRayWorkers } from "../../lib/worker/rayWorkers";
import { inWorkplace } from "../walk/fixtures";
import { jobNames, sharedJob } from "./jobsOverWorkers";
import { killPlace } from "./killPlace";
import { skip } from "./onCluster";

const folder = mkdtempSync(join(tmpdir(), "facenet-lab-raylets-"));
after(async () => {
  await clusterDown(folder);
  rmSync(folder, { recursive: true });
});

/** Nodes of one processor: two workers stand on two nodes, of which one is not the head; each job loses one. */
let state: Promise<ClusterState> | undefined;
function ownCluster(): Promise<ClusterState> {
  state ??= clusterUp({ folder, nodes: jobNames.length + 2, processors: 1 });
  return state;
}

for (const name of jobNames) {
  test(`${name}() over Ray gives what one process gives when a node is killed`, { skip }, () =>
    inWorkplace(async (place) => {
      const { address, processes, token } = await ownCluster();
      const raylets = processes.filter((mark) => mark.name === "raylet").map(({ pid }) => pid);
      // The driver lives with the head; whoever loses that loses the cluster.
      const others = raylets.slice(1);
      process.env.RAY_AUTH_MODE = "token";
      process.env.RAY_AUTH_TOKEN_PATH = token;
      const workers = await startRayWorkers({ address, count: 2 });
      try {
        const job = sharedJob(name, place);
        const lost: string[] = [];
        const killing = killPlace(workers, "raylet", job.op, (pid) => others.includes(pid));
        const found = await job.run(killing.workers, ({ message }) => lost.push(message));
        assert.ok(killing.killed() !== undefined, "no node was killed");
        assert.equal(lost.length, 1, lost.join("; "));
        assert.deepEqual(found, await job.whole());
      } finally {
        await workers.close();
      }
    }),
  );
}
