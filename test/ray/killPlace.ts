import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { isRunning, markOf } from "../../lib/core/processes";
import type { RayPlace } from "../../lib/worker/rayBridge";
import type { RayWorkers } from "../../lib/worker/rayWorkers";
import type { Workers } from "../../lib/worker/workers";

/** What is killed: a worker's process, its actor, or the node that the actor runs on. */
export type Victim = "child" | "actor" | "raylet";

/**
 * The same workers, but what carries one of them, of which `mayDie` holds, gets SIGKILL at its first request of an op. `killed` gives the process, once. A process
 * or an actor dies during the request; an actor outlives its node for a while and would still answer, so that the request then waits for its end.
 */
export function killPlace(
  workers: RayWorkers,
  victim: Victim,
  op: string,
  mayDie: (pid: number) => boolean = () => true,
): { readonly workers: Workers; readonly killed: () => number | undefined } {
  let killed: number | undefined;
  const kill = (pid: number): void => {
    process.kill(pid, "SIGKILL");
    killed = pid;
  };
  return {
    killed: () => killed,
    workers: {
      count: workers.count,
      call: async (worker, name, params, arrays) => {
        const place = workers.places()[worker];
        const pid = killed === undefined && name === op && place ? pidOf(place, victim) : undefined;
        const chosen = pid !== undefined && mayDie(pid);
        if (chosen && victim === "raylet") {
          kill(pid);
          await endOf((place as RayPlace).actor);
        }
        const answer = workers.call(worker, name, params, arrays);
        // The request was written in the same turn of the event loop: the worker cannot have answered.
        if (chosen && victim !== "raylet") kill(pid);
        return answer;
      },
      close: () => workers.close(),
    },
  };
}

async function endOf(pid: number): Promise<void> {
  const mark = markOf(pid);
  for (let waited = 0; isRunning(mark); waited++) {
    assert.ok(waited < 600, `process ${pid} outlived its node by a minute`);
    await pause(100);
  }
}

function pidOf(place: RayPlace, victim: Victim): number {
  return victim === "raylet" ? parentOf(place.actor) : place[victim];
}

/** A raylet starts its actors' processes itself. */
function parentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, "").trim().split(" ")[1]);
}
