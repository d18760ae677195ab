import type { AlignOptions } from "../align/alignDataSet";
import type { RunRequest } from "./runFolder";
import type { NetChoice } from "./trainStage";

/** Alignment as part of a run's request. */
export function alignRequest({ mode, size, template }: AlignOptions): RunRequest {
  return { mode: mode ?? null, size: size ?? null, template: template ?? null };
}

/** The net as part of a run's request. */
export function netRequest({ name, embedding, batchNorm }: NetChoice): RunRequest {
  return { net: name ?? null, embedding: embedding ?? null, batchNorm: batchNorm ?? false };
}
