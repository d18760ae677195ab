import { LabError } from "../core/errors";
import type { PairBlocks } from "../evaluate/pairCounts";
import type { Net } from "../nets/build";
import type { Replica } from "../train/replica";

/** What a worker holds between requests. A fresh worker holds nothing: whoever starts one must bring it to the state that the work needs. */
export interface Session {
  /** `hello` was answered. */
  greeted: boolean;
  /** Of `init` or `setState`: the half of a training run that does not see the data. */
  replica?: Replica;
  /** Of `forward`: the net inputs of each chunk, for `backward`. */
  readonly chunks: Map<number, { readonly images: Float32Array; readonly count: number }>;
  /** Of `backward` that keeps its gradients: their sum; then of `setGradient`, for `apply`. */
  gradient?: Float32Array;
  /** Of `model`. */
  model?: { readonly net: Net; readonly mirrorAverage: boolean };
  /** Of `rows`: the pairs of N embeddings in blocks. */
  pairs?: PairBlocks;
}

export function createSession(): Session {
  return { greeted: false, chunks: new Map() };
}

/** What an op needs of the session. Throws a LabError that names the op which must come first. */
export function held<K extends "replica" | "model" | "pairs">(
  session: Session,
  what: K,
  op: string,
  first: string,
): NonNullable<Session[K]> {
  const value = session[what];
  if (value === undefined) throw new LabError(`Cannot ${op}: ${first} must come first`);
  return value as NonNullable<Session[K]>;
}

/** Frees the engine's memory. */
export function closeSession(session: Session): void {
  session.replica?.dispose();
  session.model?.net.dispose();
}
