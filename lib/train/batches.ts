import { createRandom, type Random } from "../core/random";
import type { CropSet } from "../data/dataset";
import { createSamplerOf } from "../samplers/choice";
import type { OfflineSampler, RowTriplets } from "../samplers/offline";
import type { Sampler, SamplerState } from "../samplers/sampler";
import { augmentations, batchOfCrops } from "./augment";
import type { Batch } from "./backprop";
import { BatchMaker } from "./batchMaker";
import type { TrainSettings } from "./settings";

/** A batch and the rows of the crops that it was made of. */
export type SeenBatch = Batch & { readonly rows: Int32Array };

/** From where the batches go on to the bit. */
export interface BatchesState {
  readonly random: { readonly sampler: number[]; readonly augment: number[] };
  readonly sampler: SamplerState;
}

/** Smaller batches (in values) are made sooner than a thread is told to. */
const WORTH_A_THREAD = 2 ** 18;

/** Options of {@link Batches}. */
export interface BatchesOptions {
  readonly inputSize: number;
  /** Go on from here. */
  readonly resume?: BatchesState;
  /** Mines triplets of rows on a random subset of the crops, for the offline sampler. */
  readonly mineOffline: (subset: number, random: Random) => RowTriplets;
}

/**
 * The batches of a run, one after the other: which rows, and net inputs made of random views of them. While the engine computes on a large batch a thread
 * makes the one after it; the numbers and the saved states are those of making each when it is wanted.
 */
export class Batches {
  readonly sampler: Sampler;
  /** Training identities C. */
  readonly classes: number;
  /** The last batch. */
  last: SeenBatch | undefined;
  private readonly crops: CropSet;
  private readonly settings: TrainSettings;
  private readonly inputSize: number;
  private readonly classOf: ReadonlyMap<number, number>;
  private readonly drawing: Random;
  private views: Random;
  private readonly mineOffline: (subset: number) => RowTriplets;
  private maker: BatchMaker | undefined;
  /** The last batch that was made here. */
  private made: Float32Array | undefined;
  /** Rows of the batch that the maker has begun, and the states from which they were drawn. */
  private ahead: { readonly rows: Int32Array; readonly before: BatchesState } | undefined;

  constructor(crops: CropSet, settings: TrainSettings, { inputSize, resume, mineOffline }: BatchesOptions) {
    const root = createRandom(settings.seed);
    const stream = (name: "sampler" | "augment"): Random =>
      resume ? createRandom(resume.random[name]) : root.fork(name);
    this.crops = crops;
    this.settings = settings;
    this.inputSize = inputSize;
    this.drawing = stream("sampler");
    this.views = stream("augment");
    this.mineOffline = (subset) => mineOffline(subset, this.drawing);
    this.sampler = createSamplerOf(settings.batch, crops.labels, this.drawing, (subset) =>
      resume?.sampler.triplets ? rowTriplets(resume.sampler.triplets) : this.mineOffline(subset),
    );
    this.classOf = classesOf(crops);
    this.classes = this.classOf.size;
    if (resume) this.sampler.restore(resume.sampler);
  }

  /** The batch of the step after `steps` steps; its labels are classes numbered from 0, its images are overwritten by the batch after it. */
  next(steps: number): SeenBatch {
    const { batch } = this.settings;
    const { crops, ahead } = this;
    if (batch.sampler === "offline" && steps > 0 && steps % batch.every === 0) {
      (this.sampler as OfflineSampler).replace(this.mineOffline(batch.subset));
    }
    this.ahead = undefined;
    const rows = ahead?.rows ?? this.sampler.next();
    const images = (ahead && this.takeMade()) ?? this.make(rows);
    const labels = Int32Array.from(rows, (row) => this.classOf.get(crops.labels[row]) as number);
    this.last = { images, labels, rows };
    // Mined triplets hang on the net, and their state is too long to be copied at every step.
    if (images.length >= WORTH_A_THREAD && batch.sampler !== "offline") this.beginNext();
    return this.last;
  }

  /** A copy. */
  state(): BatchesState {
    if (this.ahead) return this.ahead.before;
    return {
      random: { sampler: this.drawing.state(), augment: this.views.state() },
      sampler: this.sampler.state(),
    };
  }

  /** Ends the thread. */
  dispose(): void {
    this.maker?.dispose();
  }

  private make(rows: Int32Array): Float32Array {
    this.made = batchOfCrops(this.crops, rows, this.inputSize, {
      augmentation: augmentations[this.settings.augmentation],
      random: this.views,
      reuse: this.made,
    });
    return this.made;
  }

  /** Takes the batch that was begun; `undefined` when the thread is lost. */
  private takeMade(): Float32Array | undefined {
    const found = this.maker?.finish();
    if (found) this.views = createRandom(found.random);
    return found?.images;
  }

  private beginNext(): void {
    const { inputSize, sampler } = this;
    const { augmentation } = this.settings;
    this.maker ??= new BatchMaker(this.crops, { count: sampler.batchSize, inputSize, augmentation });
    if (this.maker.lost) return;
    const before = this.state();
    const rows = sampler.next();
    this.maker.begin(rows, before.random.augment);
    this.ahead = { rows, before };
  }
}

/** A class, numbered from 0, for each label that occurs. */
export function classesOf({ labels }: CropSet): Map<number, number> {
  return new Map([...new Set(labels)].sort((a, b) => a - b).map((label, i) => [label, i]));
}

/** A sampler's state as triplets again. */
function rowTriplets(flat: readonly number[]): RowTriplets {
  const every = (offset: number): Int32Array =>
    Int32Array.from({ length: flat.length / 3 }, (_, t) => flat[3 * t + offset]);
  return { count: flat.length / 3, anchor: every(0), positive: every(1), negative: every(2) };
}
