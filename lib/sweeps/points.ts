import { throwIfStopped } from "../core/errors";
import { writeFileAtomic } from "../core/files";
import { readKept } from "../core/kept";
import type { LongWork } from "../core/progress";
import type { SweepValue } from "./kinds";
import type { SweepScore } from "./score";

/** What was measured at one value. Plain JSON. */
export interface SweepPoint {
  readonly value: SweepValue;
  readonly score: SweepScore;
  /** Further columns of the table, for example training images or bytes. */
  readonly facts: Readonly<Record<string, number>>;
}

/** Options of {@link measurePoints}. */
export interface PointOptions extends LongWork {
  /** Where the point of a value is kept. */
  readonly fileOf: (value: SweepValue) => string;
  /** Called with the values that an earlier run measured. */
  readonly note?: (line: string) => void;
}

/**
 * Measures each value in turn and keeps every point in a file of its own as soon as it is there; points that are kept are not measured again. Throws a LabError
 * for a file that holds something else.
 */
export async function measurePoints(
  values: readonly SweepValue[],
  measure: (value: SweepValue) => Promise<Omit<SweepPoint, "value">>,
  options: PointOptions,
): Promise<SweepPoint[]> {
  const { fileOf, note, progress, signal } = options;
  const points: SweepPoint[] = [];
  for (const value of values) {
    throwIfStopped(signal, "the sweep; the points that were measured are kept, --resume goes on");
    progress?.({ stage: "sweep", done: points.length, total: values.length, detail: String(value) });
    const path = fileOf(value);
    const known = readPoint(path, value);
    if (known) {
      points.push(known);
      note?.(`${value} was measured before`);
      continue;
    }
    const point = { value, ...(await measure(value)) };
    writeFileAtomic(path, `${JSON.stringify(point, null, 2)}\n`);
    points.push(point);
  }
  progress?.({ stage: "sweep", done: values.length, total: values.length });
  return points;
}

function readPoint(path: string, value: SweepValue): SweepPoint | undefined {
  const parse = (json: unknown): SweepPoint | undefined => {
    const point = json as SweepPoint;
    return point.value === value && Number.isFinite(point.score.accuracy.mean) ? point : undefined;
  };
  return readKept(path, parse, `the point ${value} of this sweep; remove it to measure again`);
}
