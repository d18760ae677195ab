/** One report of long work. The library never prints; the command line, a notebook or a test decides what to do with it. */
export interface ProgressEvent {
  /** Stage of the walk, for example `align` or `train`. */
  readonly stage: string;
  readonly done: number;
  /** Expected end value of `done`; 0 when it is not known. */
  readonly total: number;
  /** A few words: what is being done, or the current loss. */
  readonly detail?: string;
}

export type Progress = (event: ProgressEvent) => void;

/** Options that every long piece of work takes. */
export interface LongWork {
  /** Called often; must be cheap. */
  readonly progress?: Progress;
  /** Aborting it stops the work cleanly with `Interrupted`. */
  readonly signal?: AbortSignal;
}
