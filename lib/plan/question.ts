/** More images than this are not planned: their pairs could not be counted in parts. */
export const MOST_IMAGES = 1e12;

/** What a plan is asked: how much work, with which net, on which machines. Every number that was not measured is an assumption and has its line here. */
export interface Question {
  /** N images of so many identities, both integers ≥ 1; at most {@link MOST_IMAGES}. */
  readonly images: number;
  readonly identities: number;
  readonly net: PlannedNet;
  /** Numbers of workers to look at. */
  readonly workers: readonly number[];
  /** Bytes of one stored image. */
  readonly imageBytes: number;
  /** Whether the detector is asked, or landmarks are known. */
  readonly detect: boolean;
  /** Passes of a training over all images, > 0, and images of a batch. */
  readonly epochs: number;
  readonly batch: number;
  /** Images that a worker back-propagates at once, at least 1. */
  readonly chunk: number;
  readonly checkpoints: number;
  /** Probes of a search and neighbours of each. */
  readonly probes: number;
  readonly k: number;
  /** FLOP/s that an accelerator sustains on a net (a multiply-add is two), and processor cores that feed it. */
  readonly gpuFlops: number;
  readonly coresPerGpu: number;
  /** Bytes per second of a worker's link and of the store. */
  readonly linkBytesPerSecond: number;
  readonly storeBytesPerSecond: number;
  readonly latencySeconds: number;
  readonly slowShare: number;
  readonly slowdown: number;
  readonly failuresPerWorkerHour: number;
}

/** What a plan needs to know of a net; see `countNet`. */
export interface PlannedNet {
  readonly name: string;
  readonly inputSize: number;
  readonly channels: number;
  readonly multiplyAdds: number;
  readonly parameters: number;
  /** D. */
  readonly embedding: number;
}

/** What may be given, or is assumed. */
export type AssumptionName = Exclude<keyof Question, "images" | "identities" | "net" | "workers" | "detect">;

/** One assumption: its default, where that comes from, its range. */
export interface Assumption {
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly integer?: true;
  readonly meaning: string;
}

/**
 * Everything that the measurement does not know. None of these was measured here.
 * The accelerator's figure: NVIDIA publishes 2,470 images/s for training ResNet-50 v1.5 on one A100 80GB in mixed precision (DeepLearningExamples, PyTorch,
 * "Training performance: NVIDIA DGX A100"); at 4.1e9 multiply-adds an image, three times that for a step and two FLOP for each, these are 6.1e13 FLOP/s.
 */
export const assumptions: Readonly<Record<AssumptionName, Assumption>> = {
  imageBytes: { value: 50e3, least: 1, most: 1e9, meaning: "bytes of one stored image (assumed)" },
  epochs: { value: 1, least: 1e-6, most: 1e6, meaning: "passes of a training over all images" },
  batch: {
    value: 1800,
    least: 2,
    most: 1e6,
    integer: true,
    meaning: "images of a batch (the paper: around 1,800)",
  },
  chunk: {
    value: 32,
    least: 1,
    most: 1e5,
    integer: true,
    meaning: "images that a worker back-propagates at once",
  },
  checkpoints: { value: 10, least: 1, most: 1e6, integer: true, meaning: "checkpoints that are kept" },
  probes: { value: 1e6, least: 1, most: 1e12, integer: true, meaning: "probes of a search" },
  k: { value: 10, least: 1, most: 1e4, integer: true, meaning: "neighbours of each probe" },
  gpuFlops: {
    value: 6.1e13,
    least: 1e6,
    most: 1e18,
    meaning:
      "FLOP/s that an accelerator sustains on a net (assumed: an A100 training ResNet-50 at the 2,470 images/s that NVIDIA publishes)",
  },
  coresPerGpu: {
    value: 16,
    least: 1,
    most: 1024,
    integer: true,
    meaning: "processor cores that feed an accelerator (assumed: a DGX A100 has 128 for 8)",
  },
  linkBytesPerSecond: {
    value: 1.25e9,
    least: 1,
    most: 1e15,
    meaning: "bytes per second of a worker's link (assumed: 10 Gbit/s)",
  },
  storeBytesPerSecond: {
    value: 12.5e9,
    least: 1,
    most: 1e18,
    meaning: "bytes per second of the store (assumed: 100 Gbit/s)",
  },
  latencySeconds: {
    value: 5e-5,
    least: 0,
    most: 10,
    meaning: "seconds of a message between workers (assumed)",
  },
  slowShare: { value: 0, least: 0, most: 1, meaning: "share of tasks that are slow (assumed)" },
  slowdown: {
    value: 2,
    least: 1,
    most: 1000,
    meaning: "how many times as long a slow task computes (assumed)",
  },
  failuresPerWorkerHour: {
    value: 0.001,
    least: 0,
    most: 1000,
    meaning: "failures of a worker in an hour (assumed)",
  },
};

/** A question with all assumptions, but for those that are given. Throws a RangeError for a number out of range. */
export function questionOf(
  given: Pick<Question, "images" | "identities" | "net" | "workers"> & Partial<Question>,
): Question {
  const usual = Object.fromEntries(Object.entries(assumptions).map(([name, { value }]) => [name, value]));
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const question = { detect: true, ...usual, ...known } as unknown as Question;
  for (const [name, wanted] of Object.entries(assumptions) as [AssumptionName, Assumption][]) {
    check(name, question[name], wanted);
  }
  const count = { least: 1, most: MOST_IMAGES, integer: true } as const;
  check("images", question.images, count);
  check("identities", question.identities, { ...count, most: question.images });
  for (const workers of question.workers) check("workers", workers, { ...count, most: 1e6 });
  if (question.workers.length === 0)
    throw new RangeError("Cannot plan: workers must be named, current value is none");
  if (question.batch > question.images * question.epochs) {
    throw new RangeError(
      `Cannot plan: batch must be at most all images of all epochs, current value is ${question.batch}`,
    );
  }
  return question;
}

function check(
  name: string,
  value: number,
  { least, most, integer }: Pick<Assumption, "least" | "most" | "integer">,
): void {
  const whole = !integer || Number.isSafeInteger(value);
  if (Number.isFinite(value) && whole && value >= least && value <= most) return;
  throw new RangeError(
    `Cannot plan: ${name} must be ${integer ? "an integer" : "a number"} from ${least} to ${most}, current value is ${value}`,
  );
}
