import type { CropSet } from "../../lib/data/dataset";
import type { NetSpec } from "../../lib/nets/spec";
import { newestCheckpoint, saveCheckpoint } from "../../lib/train/checkpoint";
import type { StepResult } from "../../lib/train/course";
import { readWeights } from "../../lib/train/flatWeights";
import type { TrainSettings } from "../../lib/train/settings";
import { Trainer, train } from "../../lib/train/trainer";
import { inFolder } from "../inFolder";

/** What a run ended with. */
export interface Ended {
  readonly weights: Float32Array;
  readonly objectiveVectors: readonly Float32Array[];
  readonly losses: readonly number[];
}

/** The same run at one go, and stopped after 4 steps, saved to a checkpoint and resumed from the file. */
export async function wholeAndResumed(
  spec: NetSpec,
  crops: CropSet,
  settings: TrainSettings,
): Promise<{ whole: Ended; resumed: Ended; results: StepResult[] }> {
  const results: StepResult[] = [];
  const whole = new Trainer(spec, crops, settings);
  await train(whole, { afterStep: (_, result) => void results.push(result) });
  const stop = new AbortController();
  const first = new Trainer(spec, crops, settings);
  await train(first, { signal: stop.signal, afterStep: (t) => (t.steps === 4 ? stop.abort() : undefined) });
  let resumed: Ended | undefined;
  await inFolder(async (folder) => {
    saveCheckpoint(folder, first, "digest");
    const second = new Trainer(spec, crops, settings, { resume: newestCheckpoint(folder)?.state });
    if (second.steps !== 4) throw new Error(`the checkpoint must hold step 4, it holds ${second.steps}`);
    await train(second);
    resumed = endOf(second);
  });
  const ended = { whole: endOf(whole), resumed: resumed as Ended, results };
  first.dispose();
  return ended;
}

function endOf(trainer: Trainer): Ended {
  const ended = {
    weights: readWeights(trainer.net),
    objectiveVectors: trainer.state().objectiveVectors,
    losses: trainer.history.steps.loss,
  };
  trainer.dispose();
  return ended;
}
