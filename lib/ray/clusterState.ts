import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { LabError, messageOf } from "../core/errors";
import { packageRoot } from "../core/folders";
import { readKept } from "../core/kept";
import type { ProcessMark } from "../core/processes";

/** A process of the cluster. */
export interface ClusterProcess extends ProcessMark {
  /** Ray's name for its kind: `raylet`, `gcs_server`; `keeper` is the one that started the others and ends them. */
  readonly name: string;
}

/** What `facenet-lab ray up` wrote down about the cluster that it started on this machine. */
export interface ClusterState {
  /** For `--on` on this machine: `127.0.0.1:PORT`. */
  readonly address: string;
  /** The job server: `http://127.0.0.1:PORT`. */
  readonly jobs: string;
  /** For `--on` through Ray's client: `ray://127.0.0.1:PORT`; null when it was not asked for. */
  readonly client: string | null;
  /** Nodes that Ray schedules on, all on this machine, and processors that each offers. */
  readonly nodes: number;
  readonly processors: number;
  /** File with the token that every request must carry; readable by its owner alone. */
  readonly token: string;
  /** Ray's own files: sockets, logs. Removed with the cluster. */
  readonly scratch: string;
  /** ISO 8601. */
  readonly started: string;
  readonly processes: readonly ClusterProcess[];
}

/** Names of the folders with Ray's own files: nothing else is ever removed. Short, because a socket's path may have 107 characters only. */
export const SCRATCH: RegExp = /^\/tmp\/facenet-lab-ray-[A-Za-z0-9]{6}$/;

const local = (scheme: string): z.ZodType<string> =>
  z.string().regex(new RegExp(`^${scheme}127\\.0\\.0\\.1:\\d{1,5}$`));
const stateSchema: z.ZodType<ClusterState> = z.strictObject({
  address: local(""),
  jobs: local("http://"),
  client: local("ray://").nullable(),
  nodes: z.number().int().min(1),
  processors: z.number().int().min(1),
  token: z.string(),
  scratch: z.string().regex(SCRATCH),
  started: z.string(),
  processes: z.array(
    z.strictObject({ name: z.string(), pid: z.number().int().min(2), birth: z.string().nullable() }),
  ),
});

/** Where the state of the local cluster lies: FACENET_LAB_RAY_STATE, else `.setup/ray-cluster` of this package. */
export function clusterFolder(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.FACENET_LAB_RAY_STATE ?? join(packageRoot(), ".setup", "ray-cluster"));
}

/** The file of the state. */
export function stateFile(folder: string): string {
  return join(folder, "cluster.json");
}

/** What is known about the cluster of this folder; undefined when none was started. Throws a LabError that names the file when it cannot be understood. */
export function readClusterState(folder: string = clusterFolder()): ClusterState | undefined {
  return readKept(stateFile(folder), (json) => stateSchema.parse(json), 'what "facenet-lab ray up" writes');
}

/**
 * What a process that talks to the cluster at `address` needs in its environment: the token of the local cluster where the address is one of its own and nothing
 * else was asked for. A token goes to no other address.
 */
export function rayEnvironment(address: string, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  if (env.RAY_AUTH_MODE !== undefined) return env;
  const state = readClusterState(clusterFolder(env));
  if (!state || ![state.address, state.client, state.jobs].includes(address)) return env;
  return { ...env, RAY_AUTH_MODE: "token", RAY_AUTH_TOKEN_PATH: state.token };
}

/** The token for requests to `address`, as Ray itself would choose it; undefined when none is named. Throws a LabError when its file cannot be read. */
export function rayToken(address: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { RAY_AUTH_TOKEN, RAY_AUTH_TOKEN_PATH } = rayEnvironment(address, env);
  if (RAY_AUTH_TOKEN !== undefined) return RAY_AUTH_TOKEN;
  if (RAY_AUTH_TOKEN_PATH === undefined) return undefined;
  try {
    return readFileSync(RAY_AUTH_TOKEN_PATH, "utf8").trim();
  } catch (error) {
    throw new LabError(`Cannot read the token ${RAY_AUTH_TOKEN_PATH}: ${messageOf(error)}`);
  }
}
