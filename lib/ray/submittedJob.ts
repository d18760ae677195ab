import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { Interrupted, LabError } from "../core/errors";
import { packageRoot } from "../core/folders";
import { rayToken } from "./clusterState";
import { JobServer, JobServerTrouble } from "./jobServer";
import { COMMAND, isOver, type JobStatus, listSchema, submittedSchema } from "./jobStatus";

/** Where jobs are asked for. */
export interface JobServerOptions {
  /** The job server, `http://HOST:PORT` (Ray's usual port is 8265), or https. */
  readonly address: string;
  /** Its token; default that of RAY_AUTH_TOKEN or RAY_AUTH_TOKEN_PATH, or that of the local cluster where the address is its own. */
  readonly token?: string;
  /** Seconds between two looks at the job; default 0.5. */
  readonly interval?: number;
  /** Seconds that the server may be out of reach while a job is followed; default 60. */
  readonly patience?: number;
}

/** Options of {@link submitJob}. */
export interface SubmitOptions extends JobServerOptions {
  /** Words of the command line: `["all-pairs", "--embeddings", "/data/shards", "--on", "auto"]`. Paths are those of the head. */
  readonly command: readonly string[];
  /** Folder of this package, built, on the head of the cluster, where the command runs; default its folder here. */
  readonly folder?: string;
  /** Name of the job, of letters, digits, `_` and `-`; default `facenet-lab-` and a random number. No other job may have it. */
  readonly id?: string;
}

/** Where a job's metadata keep what tells this submission from any other. */
const MARK = "facenet-lab-mark";

/**
 * Gives a command line of facenet-lab to a Ray cluster, whose head runs it with its own files: no data travel. Returns as soon as the cluster has it. A request
 * whose answer was lost is not sent again: the cluster is asked whether it has the job. Throws a LabError when it has not.
 */
export async function submitJob(options: SubmitOptions): Promise<SubmittedJob> {
  const { command, folder = packageRoot(), id = `facenet-lab-${randomBytes(4).toString("hex")}` } = options;
  if (command.length === 0) {
    throw new RangeError("Cannot submit a job: a command is needed, current value is none");
  }
  checkId(id);
  const job = new SubmittedJob(id, options);
  const mark = randomBytes(16).toString("hex");
  const request = {
    entrypoint: entrypointOf(command, folder),
    submission_id: id,
    metadata: { [COMMAND]: command.join(" "), [MARK]: mark },
  };
  try {
    const answer = z.object({ submission_id: z.literal(id) });
    await job.server.ask({ method: "POST", body: request, answer });
  } catch (error) {
    if (!(error instanceof JobServerTrouble)) throw error;
    // An older job may have the same id, but not this mark.
    const answer = z.object({ metadata: z.object({ [MARK]: z.literal(mark) }) });
    await job.server.ask({ method: "GET", path: [id], answer }).catch(() => {
      throw error;
    });
  }
  return job;
}

/** All jobs that the cluster remembers and that were submitted to it, the newest first. Throws as `JobServer.ask` does. */
export async function submittedJobs(options: JobServerOptions): Promise<JobStatus[]> {
  const all = await serverOf(options).ask({ method: "GET", answer: listSchema });
  return all.sort((a, b) => (b.started ?? 0) - (a.started ?? 0));
}

/** A job that was submitted before. Its id is not looked up until it is asked for something. */
export function submittedJob(id: string, options: JobServerOptions): SubmittedJob {
  checkId(id);
  return new SubmittedJob(id, options);
}

/** A submitted job: its state, its words, its end. */
export class SubmittedJob {
  readonly id: string;
  readonly server: JobServer;
  private readonly interval: number;
  private readonly patience: number;

  constructor(id: string, options: JobServerOptions) {
    this.id = id;
    this.server = serverOf(options);
    this.interval = secondsOf("interval", options.interval, 0.5);
    this.patience = secondsOf("patience", options.patience, 60);
  }

  status(): Promise<JobStatus> {
    return this.server.ask({ method: "GET", path: [this.id], answer: submittedSchema });
  }

  /** All that the job has printed, on either stream. */
  async text(): Promise<string> {
    const answer = z.object({ logs: z.string().nullable() });
    return (await this.server.ask({ method: "GET", path: [this.id, "logs"], answer })).logs ?? "";
  }

  /**
   * The lines that the job prints, from its first on, as they come, until it ends. While the server is out of reach it is asked again, for `patience` seconds; a
   * line comes once all the same. Ending the loop early leaves the job running. Throws Interrupted when `signal` is aborted.
   */
  async *lines(signal?: AbortSignal): AsyncGenerator<string, void, undefined> {
    let seen = 0;
    for (let over = false; !over; ) {
      const { state } = await this.insist(() => this.status(), signal);
      over = isOver(state);
      const lines = (await this.insist(() => this.text(), signal)).split("\n");
      // The last line may still grow.
      const whole = over && lines.at(-1) !== "" ? lines : lines.slice(0, -1);
      for (; seen < whole.length; seen++) yield whole[seen];
      if (!over) await this.wait(signal);
    }
  }

  /** Asks the cluster to stop the job and waits until it ended; it has time to save its work. A job that is over stays as it is. */
  async stop(): Promise<JobStatus> {
    await this.insist(() =>
      this.server.ask({
        method: "POST",
        path: [this.id, "stop"],
        answer: z.object({ stopped: z.boolean() }),
      }),
    );
    return this.ended();
  }

  /** How the job ended, once it did. Throws Interrupted when `signal` is aborted; the job runs on. */
  async ended(signal?: AbortSignal): Promise<JobStatus> {
    for (;;) {
      const status = await this.insist(() => this.status(), signal);
      if (isOver(status.state)) return status;
      await this.wait(signal);
    }
  }

  /** Asks again while the server is in trouble, for `patience` seconds. */
  private async insist<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const end = performance.now() + this.patience * 1000;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof JobServerTrouble) || performance.now() >= end) throw error;
        await this.wait(signal);
      }
    }
  }

  private async wait(signal?: AbortSignal): Promise<void> {
    try {
      await pause(this.interval * 1000, undefined, { signal });
    } catch {
      throw new Interrupted(`Stopped: following the job ${this.id}, which runs on`);
    }
  }
}

function serverOf({ address, token = rayToken(address) }: JobServerOptions): JobServer {
  return new JobServer(address, token);
}

/** The line for the head's shell: this program of its package, in its folder. Node may lie elsewhere there. */
function entrypointOf(command: readonly string[], folder: string): string {
  const node = `"$(command -v ${quoted(process.execPath)} || echo node)"`;
  const words = ["dist/lib/cli/main.js", ...command].map(quoted).join(" ");
  return `cd ${quoted(folder)} && exec ${node} ${words}`;
}

/** A word that no shell looks into. Throws a LabError for one that no shell can take. */
function quoted(word: string): string {
  if (word.includes("\0")) {
    throw new LabError("Cannot submit a job: its words must be text, current value holds a null character");
  }
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function checkId(id: string): void {
  if (/^[\w-]{1,100}$/.test(id)) return;
  throw new LabError(
    `Cannot use a job: its id must be 1 to 100 letters, digits, _ and -, current value is ${id}`,
  );
}

function secondsOf(what: string, value: number | undefined, otherwise: number): number {
  const seconds = value ?? otherwise;
  if (seconds >= 0 && seconds <= 86_400) return seconds;
  throw new RangeError(
    `Cannot follow a job: the ${what} must be in [0, 86400] seconds, current value is ${seconds}`,
  );
}
