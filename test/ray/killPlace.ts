import { readFileSync } from "node:fs";
import type { RayPlace } from "../../lib/worker/rayBridge";
import type { RayWorkers } from "../../lib/worker/rayWorkers";
import type { Workers } from "../../lib/worker/workers";

/** What is killed: a worker's process, its actor, or the node that the actor runs on. */
export type Victim = "child" | "actor" | "raylet";

/**
 * The same workers, but what carries one of them, of which `mayDie` holds, gets SIGKILL during its first request of an op. `killed` gives the process, once. An actor
 * outlives its node for a while and would still answer: with a node, the worker's process is halted first.
 */
export function killPlace(
  workers: RayWorkers,
  victim: Victim,
  op: string,
  mayDie: (pid: number) => boolean = () => true,
): { readonly workers: Workers; readonly killed: () => number | undefined } {
  let killed: number | undefined;
  return {
    killed: () => killed,
    workers: {
      ...workers,
      call: (worker, name, params, arrays) => {
        const answer = workers.call(worker, name, params, arrays);
        const place = workers.places()[worker];
        const pid = place && pidOf(place, victim);
        // The request was written in the same turn of the event loop: the worker cannot have answered.
        if (killed !== undefined || name !== op || !place || pid === undefined || !mayDie(pid)) return answer;
        killed = pid;
        if (victim !== "raylet") {
          process.kill(pid, "SIGKILL");
          return answer;
        }
        process.kill(place.child, "SIGSTOP");
        process.kill(pid, "SIGKILL");
        return answer.finally(() => killIfThere(place.child));
      },
    },
  };
}

/** The same workers, but what carries one of them gets a signal while they all add up for the `nth` time (counted from 1). `hit` gives the process, once. */
export function hitAllReduce(
  workers: RayWorkers,
  victim: Exclude<Victim, "raylet">,
  signal: "SIGKILL" | "SIGSTOP",
  nth: number,
): { readonly workers: Workers; readonly hit: () => number | undefined } {
  let sums = 0;
  let hit: number | undefined;
  return {
    hit: () => hit,
    workers: {
      ...workers,
      allReduce: (request) => {
        const place = workers.places()[1];
        if (++sums === nth && place) {
          hit = place[victim];
          process.kill(hit, signal);
        }
        return workers.allReduce(request);
      },
    },
  };
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Its node's end was its own.
  }
}

function pidOf(place: RayPlace, victim: Victim): number {
  return victim === "raylet" ? parentOf(place.actor) : place[victim];
}

/** A raylet starts its actors' processes itself. */
function parentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, "").trim().split(" ")[1]);
}
