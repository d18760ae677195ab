import { LabError } from "../core/errors";
import { embeddingSize } from "../nets/spec";
import type { StepResult } from "../train/course";
import type { TrainSettings } from "../train/settings";
import type { TrainingRun } from "../train/trainer";
import {
  type KeptTrouble,
  type Trouble,
  type TroubleOptions,
  troublesOf,
  troubleText,
  watchHistory,
  watchTroubles,
} from "../train/trouble";

/** A run was stopped because it is hopeless. */
export class Hopeless extends LabError {
  override readonly name: string = "Hopeless";
  readonly step: number;
  readonly trouble: Trouble;

  /** `kept` says what is left of the run. */
  constructor(trouble: Trouble, step: number, kept: string = "A checkpoint was saved") {
    super(
      `Stopped at step ${step}, going on is hopeless: ${troubleText(trouble)} ${kept}; --resume --go-on trains on all the same.`,
    );
    this.step = step;
    this.trouble = trouble;
  }
}

/** Options of {@link troubleWarner}. */
export interface WarnerOptions {
  readonly note?: (line: string) => void;
  /** Steps after which a trouble that stays is hopeless, at least 1; default that of `watchTroubles`. */
  readonly patience?: number;
}

/** Notes each trouble once, when it is first seen, and returns the first hopeless one. What a resumed run had shown before is seen, and noted, first. */
export function troubleWarner(
  run: TrainingRun,
  { note, patience }: WarnerOptions,
): (result: StepResult) => Trouble | undefined {
  const watch = watchTroubles({ ...troubleOptionsOf(run), patience });
  const told = new Set<string>();
  watchHistory(watch, run.history);
  return (result) => {
    watch.see(result);
    for (const trouble of watch.troubles()) {
      if (!told.has(trouble.name)) note?.(troubleText(trouble));
      told.add(trouble.name);
    }
    return watch.troubles().find(({ hopeless }) => hopeless);
  };
}

/** What is wrong with a run at its end. */
export function troublesOfRun(run: TrainingRun): Trouble[] {
  return troublesOf(run.history, troubleOptionsOf(run));
}

/** {@link troublesOfRun} as files keep it. */
export function keptTroublesOf(run: TrainingRun): KeptTrouble[] {
  return troublesOfRun(run).map(({ name, since }) => ({ name, since }));
}

/** Identities that a batch of the sampler `identities` holds as runs of images; undefined with another sampler. */
function identitiesInBatch({
  settings,
  sampler,
}: Pick<TrainingRun, "settings" | "sampler">): number | undefined {
  const { batch } = settings;
  return batch.sampler === "identities"
    ? (sampler.batchSize - (batch.extraNegatives ?? 0)) / batch.images
    : undefined;
}

/** Says that batches hold fewer identities than were asked for, because there are no more; undefined when they hold as many. */
export function smallBatchText(
  run: Pick<TrainingRun, "settings" | "sampler" | "identities">,
): string | undefined {
  const { batch } = run.settings;
  const held = identitiesInBatch(run);
  if (held === undefined || batch.sampler !== "identities" || held >= batch.identities) return undefined;
  const kind = run.identities > held ? " with two or more images" : "";
  return `batches hold ${held} of the ${batch.identities} identities that were asked for: the training side has no more${kind}`;
}

function troubleOptionsOf(run: TrainingRun): TroubleOptions {
  const { settings, spec, sampler, identities } = run;
  const { batch } = settings;
  const together = batch.sampler === "identities" ? Math.min(batch.identities, identities) : identities;
  return {
    margin: marginOf(settings),
    allInBatch: smallBatchText(run) !== undefined || identitiesInBatch(run) === identities,
    dimensions: Math.min(embeddingSize(spec), together - 1, sampler.batchSize - 1),
  };
}

/** Margin on squared L2 at which a loss can be stuck: that of the triplet loss. */
function marginOf({ objective }: TrainSettings): number | undefined {
  return objective.name === "triplet" ? (objective.margin ?? 0.2) : undefined;
}
