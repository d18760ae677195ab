import type { LocalWorkers } from "../../lib/worker/localWorkers";
import type { Workers } from "../../lib/worker/workers";

/** The same workers, but one of them gets SIGKILL while it works on its `nth` request of an op (counted from 1). */
export function killOnce(workers: LocalWorkers, victim: number, op: string, nth: number): Workers {
  let seen = 0;
  return {
    count: workers.count,
    call: (worker, name, params, arrays) => {
      const answer = workers.call(worker, name, params, arrays);
      if (worker === victim && name === op && ++seen === nth) {
        const pid = workers.pids()[victim];
        // The request was written in the same turn of the event loop, or waits for it: the child cannot have answered.
        if (pid !== undefined) process.kill(pid, "SIGKILL");
      }
      return answer;
    },
    close: () => workers.close(),
  };
}
