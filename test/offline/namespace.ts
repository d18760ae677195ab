import { type SpawnSyncReturns, spawnSync } from "node:child_process";

/** Runs a program where there is no network at all but the loopback interface (a network namespace of its own). */
export function runOffline(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): SpawnSyncReturns<string> {
  const script = 'ip link set lo up && exec "$@"';
  return spawnSync("unshare", ["-rn", "sh", "-c", script, "sh", command, ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: 180_000,
    killSignal: "SIGKILL",
  });
}

/** Options of a test that needs such a place: it is skipped, and says why, where the system gives none. */
export const withoutNetwork: { readonly skip: string | false } = {
  skip:
    runOffline("true", []).status === 0
      ? false
      : "skipped: unshare -rn is not permitted here (or ip is missing)",
};
