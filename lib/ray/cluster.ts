import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Interrupted, LabError, messageOf } from "../core/errors";
import { writeFileAtomic } from "../core/files";
import { packageRoot } from "../core/folders";
import { takeLock } from "../core/lock";
import { descendantsOf, isRunning, markOf } from "../core/processes";
import {
  type ClusterProcess,
  type ClusterState,
  clusterFolder,
  readClusterState,
  stateFile,
} from "./clusterState";
import { endProcesses } from "./endProcesses";
import { checkRay, rayPython } from "./python";

/** Options of {@link clusterUp}. */
export interface ClusterOptions {
  /** Folder of the state, the token and the log; default FACENET_LAB_RAY_STATE, else `.setup/ray-cluster`. */
  readonly folder?: string;
  /** Nodes, an integer in [1, 16]; default 1. All run on this machine: more than one shows what happens when a machine is lost. */
  readonly nodes?: number;
  /** Processors that each node offers, an integer in [1, 1024]; default the cores of this machine. A worker of one thread takes one. */
  readonly processors?: number;
  /** Also open the port of Ray's client (`ray://`); default false. */
  readonly client?: boolean;
  /** A Python in which Ray is installed; default FACENET_LAB_RAY, else the one of `npm run setup:ray`. */
  readonly python?: string;
  /** Aborting it ends what was started so far, with `Interrupted`. */
  readonly signal?: AbortSignal;
}

/** Seconds that Ray may take to start; on two idle cores it takes about ten, and a few for each further node. */
const PATIENCE = 300;
/** Seconds that a stopped job has to save its work before it is killed; three are Ray's default. */
const JOB_GRACE = 30;

/**
 * Starts a Ray cluster on this machine that listens on loopback only and answers to nobody without its token, and writes down what it started. Throws a LabError
 * when one is up already, when Ray is not installed or does not start; nothing stays behind then.
 */
export async function clusterUp(options: ClusterOptions = {}): Promise<ClusterState> {
  const { folder = clusterFolder(), nodes = 1, client = false, python = rayPython(), signal } = options;
  const { processors = availableParallelism() } = options;
  checkRange("nodes", nodes, 16);
  checkRange("processors", processors, 1024);
  checkRay(python);
  if (process.platform === "win32") {
    throw new LabError(
      "Cannot start a Ray cluster: Linux or macOS is wanted, current value is Windows; use the Linux subsystem",
    );
  }
  return locked(folder, async () => {
    const known = readClusterState(folder);
    if (known?.processes.some(isRunning)) {
      throw new LabError(
        `Cannot start a Ray cluster: none must be up in ${folder}, current value is ${known.address} (since ${known.started}); "facenet-lab ray down" ends it`,
      );
    }
    if (known) rmSync(known.scratch, { recursive: true, force: true });
    const scratch = mkdtempSync("/tmp/facenet-lab-ray-");
    const token = join(folder, "token");
    let started: ClusterProcess[] = [];
    try {
      rmSync(token, { force: true });
      writeFileSync(token, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" });
      const { ports, processes } = await startNodes(
        { nodes, processors, client },
        { python, token, scratch, folder, signal },
      );
      started = processes;
      const state: ClusterState = {
        address: `127.0.0.1:${ports.port}`,
        jobs: `http://127.0.0.1:${ports.jobs}`,
        client: ports.client === null ? null : `ray://127.0.0.1:${ports.client}`,
        nodes,
        processors,
        token,
        scratch,
        started: new Date().toISOString(),
        processes,
      };
      writeFileAtomic(stateFile(folder), `${JSON.stringify(state, null, 2)}\n`);
      return state;
    } catch (error) {
      await endProcesses(started);
      rmSync(scratch, { recursive: true, force: true });
      rmSync(token, { force: true });
      throw error;
    }
  });
}

/**
 * Ends the processes of the cluster that was started here, and no others: each is ended only while it is still the process that was started. Gives the state of
 * the cluster that was ended; undefined when none was up.
 */
export async function clusterDown(folder: string = clusterFolder()): Promise<ClusterState | undefined> {
  if (!existsSync(stateFile(folder))) return undefined;
  return locked(folder, async () => {
    const state = readClusterState(folder);
    if (!state) return undefined;
    await endProcesses(state.processes);
    rmSync(state.scratch, { recursive: true, force: true });
    rmSync(state.token, { force: true });
    rmSync(stateFile(folder), { force: true });
    return state;
  });
}

interface Surroundings {
  readonly python: string;
  readonly token: string;
  readonly scratch: string;
  readonly folder: string;
  readonly signal?: AbortSignal;
}

/** What `cluster.py` says when all nodes are up. */
interface Started {
  readonly ports: { readonly port: number; readonly jobs: number; readonly client: number | null };
  readonly processes: Readonly<Record<string, readonly number[]>>;
}

/** Starts `cluster.py`, which stays, and gives its ports and all processes that belong to it. Throws a LabError with Ray's last words. */
async function startNodes(
  settings: object,
  { python, token, scratch, folder, signal }: Surroundings,
): Promise<{ ports: Started["ports"]; processes: ClusterProcess[] }> {
  const log = join(folder, "cluster.log");
  const words = openSync(log, "w", 0o600);
  const keeper = spawn(python, [join(packageRoot(), "lib", "ray", "cluster.py"), JSON.stringify(settings)], {
    // Not the reader's folder: Python would import what lies there.
    cwd: scratch,
    detached: true,
    stdio: ["ignore", "pipe", words],
    env: {
      ...process.env,
      RAY_AUTH_MODE: "token",
      RAY_AUTH_TOKEN_PATH: token,
      RAY_AUTH_TOKEN: undefined,
      RAY_ADDRESS: undefined,
      RAY_TMPDIR: scratch,
      RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER: "0",
      RAY_JOB_STOP_WAIT_TIME_S: String(JOB_GRACE),
      RAY_USAGE_STATS_ENABLED: "0",
      RAY_enable_metrics_collection: "0",
    },
  });
  closeSync(words);
  try {
    const { ports, processes } = JSON.parse(await firstLine(keeper, signal)) as Started;
    const main = Object.entries(processes).flatMap(([name, pids]) =>
      pids.map((pid) => ({ name, ...markOf(pid) })),
    );
    const others = descendantsOf(main.map(({ pid }) => pid)).map((mark) => ({ name: "helper", ...mark }));
    return { ports, processes: [...main, ...others] };
  } catch (error) {
    if (keeper.pid !== undefined) await endProcesses([markOf(keeper.pid)]);
    if (error instanceof Interrupted) throw error;
    const last = readFileSync(log, "utf8").trim().split("\n").at(-1) ?? "";
    throw new LabError(
      `Cannot start a Ray cluster: ${messageOf(error)}; its last words: ${last.slice(0, 300)} (all of them: ${log})`,
    );
  } finally {
    keeper.unref();
  }
}

/** The first line that a child prints. Throws when it ends, or takes too long, before that. */
function firstLine(child: ChildProcess, signal: AbortSignal | undefined): Promise<string> {
  const out = child.stdout as NonNullable<ChildProcess["stdout"]>;
  return new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new LabError(`nothing was up after ${PATIENCE} s`)),
      PATIENCE * 1000,
    );
    const stop = (): void => reject(new Interrupted("Stopped: starting a Ray cluster"));
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    let text = "";
    out.setEncoding("utf8").on("data", (more: string) => {
      text += more;
      if (text.includes("\n")) resolve(text);
    });
    child.once("error", reject);
    child.once("close", (code, by) => reject(new LabError(`it ended with ${by ?? `exit code ${code}`}`)));
    out.once("close", () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    });
  }).finally(() => out.destroy());
}

/** Runs `body` alone in the folder, which nobody else may enter. */
async function locked<T>(folder: string, body: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const lock = takeLock(join(folder, "lock"), folder, "--state");
  try {
    return await body();
  } finally {
    lock.release();
  }
}

function checkRange(what: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new RangeError(
    `Cannot start a Ray cluster: the number of ${what} must be an integer in [1, ${most}], current value is ${value}`,
  );
}
