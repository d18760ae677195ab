import { Interrupted, UsageError } from "../../core/errors";
import { readClusterState } from "../../ray/clusterState";
import { isOver, type JobStatus } from "../../ray/jobStatus";
import {
  type JobServerOptions,
  type SubmittedJob,
  submitJob,
  submittedJob,
  submittedJobs,
} from "../../ray/submittedJob";
import type { Command, CommandContext, CommandResult } from "../command";
import type { OptionTable } from "../options";
import { duration } from "../terminal";

const serverOptions: OptionTable = {
  to: {
    kind: "text",
    value: "ADDRESS",
    help: "the cluster's job server, http://HOST:8265; its token in RAY_AUTH_TOKEN or a file that RAY_AUTH_TOKEN_PATH names; left out: that of ray up",
  },
};

const jobArguments = { arguments: "ID", mostPositionals: 1 };

export const raySubmitCommand: Command = {
  name: "ray submit",
  summary: "run a command line on the head of a Ray cluster; its words come back live, Ctrl-C stops it there",
  arguments: "-- COMMAND …",
  mostPositionals: 10_000,
  options: {
    ...serverOptions,
    folder: {
      kind: "text",
      value: "DIR",
      help: "folder of this package on the head, where the command runs with the head's files; left out: the same as here",
    },
    id: { kind: "text", help: "name of the job; left out: facenet-lab- and a random number" },
    detach: { kind: "flag", help: "do not wait for its end; ray logs ID --follow shows it later" },
  },
  examples: [
    "facenet-lab ray submit -- all-pairs --embeddings /data/shards --out /data/pairs --workers 8 --on auto",
    "facenet-lab ray submit --to http://head:8265 --folder /opt/facenet-lab -- train --data /data/faces --minutes 60 --out /data/net",
  ],
  run: async (context) => {
    const command = context.positionals;
    if (command.length === 0)
      throw new UsageError("Cannot submit: a command is wanted behind --, current value is none");
    const job = await submitJob({
      ...server(context),
      command,
      folder: context.text("folder"),
      id: context.text("id"),
    });
    context.note(`submitted ${job.id}`);
    return context.flag("detach") ? resultOf(await job.status()) : follow(context, job);
  },
};

export const rayJobsCommand: Command = {
  name: "ray jobs",
  summary: "list the jobs that a Ray cluster remembers, the newest first",
  options: serverOptions,
  examples: ["facenet-lab ray jobs --json"],
  run: async (context) => {
    const jobs = await submittedJobs(server(context));
    return { json: jobs, text: jobs.map(lineOf).join("\n") || "no jobs" };
  },
};

export const rayLogsCommand: Command = {
  name: "ray logs",
  summary: "show what a job has printed",
  ...jobArguments,
  options: {
    ...serverOptions,
    follow: { kind: "flag", help: "show more as it comes, until the job ends; Ctrl-C leaves it running" },
  },
  examples: ["facenet-lab ray logs facenet-lab-1a2b3c4d --follow"],
  run: async (context) => {
    const job = jobOf(context);
    if (!context.flag("follow")) {
      const text = await job.text();
      return { json: { id: job.id, text }, text: text.replace(/\n$/, "") };
    }
    for await (const line of job.lines(context.signal)) context.note(line);
    return resultOf(await job.status());
  },
};

export const rayStopCommand: Command = {
  name: "ray stop",
  summary: "stop a job on its cluster; it has time to save its work",
  ...jobArguments,
  options: serverOptions,
  examples: ["facenet-lab ray stop facenet-lab-1a2b3c4d"],
  run: async (context) => {
    const status = await jobOf(context).stop();
    return { json: status, text: lineOf(status) };
  },
};

/** Shows the job's words until it ends; an interrupt stops it there. */
async function follow(context: CommandContext, job: SubmittedJob): Promise<CommandResult> {
  try {
    for await (const line of job.lines(context.signal)) context.note(line);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    context.note(`stopping ${job.id} …`);
    throw new Interrupted(`Stopped: ${lineOf(await job.stop())}`);
  }
  return resultOf(await job.status());
}

function resultOf(status: JobStatus): CommandResult {
  return { json: status, text: lineOf(status), ok: !isOver(status.state) || status.state === "SUCCEEDED" };
}

function lineOf({ id, state, command, message, exitCode, started, ended }: JobStatus): string {
  const took = started !== undefined && ended !== undefined ? `, ${duration((ended - started) / 1000)}` : "";
  const reason = exitCode === undefined ? message.split("\n")[0] : `exit code ${exitCode}`;
  const why = state === "FAILED" ? ` (${reason})` : "";
  return `${id}  ${state.toLowerCase()}${why}${took}  ${command}`;
}

function jobOf(context: CommandContext): SubmittedJob {
  const [id] = context.positionals;
  if (id === undefined) throw new UsageError("Cannot find the job: its id is wanted, current value is none");
  return submittedJob(id, server(context));
}

function server(context: CommandContext): JobServerOptions {
  const address = context.text("to") ?? readClusterState()?.jobs;
  if (address !== undefined) return { address };
  throw new UsageError(
    'Cannot find the job server: --to http://HOST:PORT is wanted, or a cluster of "facenet-lab ray up", current value is none',
  );
}
