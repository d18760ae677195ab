import { Interrupted, LabError } from "../core/errors";
import type { LongWork } from "../core/progress";
import type { StepResult } from "../train/course";
import { NotFinite } from "../train/nonFinite";
import { type Trainer, train } from "../train/trainer";
import { Hopeless, troubleWarner, type WarnerOptions } from "./runTroubles";

/** Options of {@link trainThrough}. */
export interface TrainThroughOptions extends LongWork, WarnerOptions {
  /** Which of several trainings it is; stands before its notes and errors. */
  readonly name: string;
  /** Train on to the end of the budget also when a trouble is hopeless; default false: then it stops. */
  readonly goOn?: boolean;
  /** What is kept of those that have ended, when it stops. */
  readonly kept: "runs" | "seeds";
}

/**
 * Trains one of several runs to the end of its budget, without checkpoints, under the same watch as a run that has them. Throws Hopeless unless `goOn`, a LabError where
 * numbers stop being finite, and Interrupted when it is stopped; the run is the caller's to dispose.
 */
export async function trainThrough(run: Trainer, options: TrainThroughOptions): Promise<void> {
  const { name, kept, goOn = false, patience, signal, progress } = options;
  const note = options.note && ((line: string) => options.note?.(`${name}: ${line}`));
  const watch = troubleWarner(run, { note, patience });
  const afterStep = (_: unknown, result: StepResult): void => {
    const hopeless = watch(result);
    if (hopeless && !goOn && !run.done) throw new Hopeless(hopeless, run.steps, `Finished ${kept} are kept`);
  };
  try {
    if (await train(run, { signal, progress, afterStep })) return;
  } catch (error) {
    throw error instanceof NotFinite || error instanceof Hopeless
      ? new LabError(`${name}: ${error.message}`)
      : error;
  }
  throw new Interrupted(`Stopped: finished ${kept} are kept, --resume goes on with the others`);
}
