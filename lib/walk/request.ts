import type { AlignOptions } from "../align/alignDataSet";
import type { RunRequest } from "./runFolder";
import type { NetChoice } from "./trainStage";

/** Alignment as part of a run's request. */
export function alignRequest({ mode, size, template, useLandmarks = true }: AlignOptions): RunRequest {
  const detected: RunRequest = useLandmarks ? {} : { useLandmarks };
  return { mode: mode ?? null, size: size ?? null, template: template ?? null, ...detected };
}

/** The net as part of a run's request. */
export function netRequest({ name, embedding, batchNorm }: NetChoice): RunRequest {
  return { net: name ?? null, embedding: embedding ?? null, batchNorm: batchNorm ?? false };
}
