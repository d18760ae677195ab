import type { Job } from "./work";

/** What `facenet-lab plan --measure` found on one machine. Times are core-seconds: processor time of the process that worked, so other work on the machine counts little. */
export interface Measured {
  readonly format: "facenet-lab plan 1";
  /** Day, as YYYY-MM-DD. */
  readonly date: string;
  readonly machine: string;
  readonly cores: number;
  /** Of five minutes, when the measurement began and ended. */
  readonly loadAverage: readonly [number, number];
  readonly versions: Readonly<Record<string, string>>;
  readonly costs: Costs;
  readonly nets: readonly MeasuredNet[];
  /** Jobs as they were run with 1, 2 and 4 workers, for the model to be checked against. */
  readonly checks: readonly Check[];
}

/** Core-seconds of one piece of each stage, and bytes. */
export interface Costs {
  /** Reading, decoding and warping one image whose landmarks are known. */
  readonly alignPerImage: number;
  /** What asking the detector adds to it. */
  readonly detectPerImage: number;
  /** Cores that aligning kept busy on average, ≥ 1. */
  readonly alignCores: number;
  /** Encoding, hashing and writing one embedding, at the coordinator. */
  readonly writePerEmbedding: number;
  /** Bytes of one written embedding beyond its D floats: its names. */
  readonly namesBytesPerEmbedding: number;
  /** One pair of all pairs: `fixed` + `perDimension` · D. */
  readonly pair: Linear;
  /** Counting one part of all pairs beside its pairs: making and sending the histogram. */
  readonly partOfPairs: number;
  /** Adding the histogram of one part of all pairs, at the coordinator, and its bytes. */
  readonly histogramPerPart: number;
  readonly histogramBytesPerPart: number;
  /** One probe beside one gallery row: `fixed` + `perDimension` · D. */
  readonly search: Linear;
  /** Merging one neighbour of one probe of one shard, at the coordinator. */
  readonly mergePerNeighbour: number;
  /** Mining one pair of a batch: B images have B² of them. */
  readonly minePerPair: number;
  /** An optimiser's step of one parameter. */
  readonly updatePerParameter: number;
  /** Adding one number of a gradient to the sum, at the coordinator. */
  readonly sumPerParameter: number;
  /** Making one number of a batch: reading a crop, augmenting, to floats. */
  readonly preparePerValue: number;
  /** Wall-clock seconds until a worker has started and answered. */
  readonly workerStart: number;
}

export interface Linear {
  readonly fixed: number;
  readonly perDimension: number;
}

/** How fast one core takes a net's multiply-adds. */
export interface MeasuredNet {
  readonly name: string;
  readonly inputSize: number;
  readonly multiplyAdds: number;
  /** Multiply-adds of embedding in a core-second. */
  readonly forwardPerCoreSecond: number;
  /** Multiply-adds in a core-second of a training step over workers, whose chunks take four times the multiply-adds of embedding. */
  readonly trainingPerCoreSecond: number;
}

/** One job with its runs. */
export interface Check {
  readonly name: string;
  readonly job: Job;
  readonly runs: readonly CheckRun[];
}

/** One run: wall-clock seconds after the workers had started, and the processor seconds of all its processes. */
export interface CheckRun {
  readonly workers: number;
  readonly seconds: number;
  readonly coreSeconds: number;
}

/** The measured net that is most like one of so many multiply-adds: by ratio. */
export function nearestNet(nets: readonly MeasuredNet[], multiplyAdds: number): MeasuredNet {
  if (nets.length === 0) throw new RangeError("Cannot plan: a measured net is needed, current value is none");
  const ratio = (net: MeasuredNet): number => Math.abs(Math.log(net.multiplyAdds / multiplyAdds));
  return nets.reduce((best, net) => (ratio(net) < ratio(best) ? net : best));
}
