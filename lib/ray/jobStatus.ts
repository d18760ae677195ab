import { z } from "zod";

/** How a job can stand; the last three are ends. */
export type JobState = "PENDING" | "RUNNING" | "STOPPED" | "SUCCEEDED" | "FAILED";

/** What the cluster says about a job. */
export interface JobStatus {
  readonly id: string;
  readonly state: JobState;
  /** The command line of facenet-lab, where it was submitted by it; else what the shell was given. */
  readonly command: string;
  /** Ray's words about the state. */
  readonly message: string;
  /** Exit code of the command, once it ended by itself. */
  readonly exitCode?: number;
  /** Milliseconds since 1970. */
  readonly started?: number;
  readonly ended?: number;
}

/** Where a job's metadata keep its command line. */
export const COMMAND = "facenet-lab";

/** A job that was submitted, as Ray describes it. */
export const submittedSchema: z.ZodType<JobStatus> = z
  .object({
    submission_id: z.string(),
    status: z.enum(["PENDING", "RUNNING", "STOPPED", "SUCCEEDED", "FAILED"]),
    entrypoint: z.string(),
    message: z.string().nullish(),
    metadata: z.record(z.string(), z.string()).nullish(),
    driver_exit_code: z.number().int().nullish(),
    start_time: z.number().nullish(),
    end_time: z.number().nullish(),
  })
  .transform((said) => ({
    id: said.submission_id,
    state: said.status,
    command: said.metadata?.[COMMAND] ?? said.entrypoint,
    message: said.message ?? "",
    ...(typeof said.driver_exit_code === "number" && { exitCode: said.driver_exit_code }),
    ...(typeof said.start_time === "number" && { started: said.start_time }),
    ...(typeof said.end_time === "number" && { ended: said.end_time }),
  }));

/** Ray's list of jobs without those that were not submitted: programs that joined the cluster. */
export const listSchema: z.ZodType<JobStatus[]> = z
  .array(
    z.union([submittedSchema, z.object({ submission_id: z.null().optional() }).transform(() => undefined)]),
  )
  .transform((all) => all.filter((job) => job !== undefined));

/** Whether a job in this state will not run any more. */
export function isOver(state: JobState): boolean {
  return state === "STOPPED" || state === "SUCCEEDED" || state === "FAILED";
}
