import { alignModes } from "../align/align";
import { UsageError } from "../core/errors";
import type { SweepKind, SweepValue } from "../sweeps/kinds";

/** Pixels of the usual net, where no model says another size. */
const USUAL_SIZE = 64;

/** The values that were asked for, each once, or the usual ones of a net of `inputSize` pixels. Throws a UsageError for one that the sweep does not take. */
export function sweepValues(
  { values, range }: SweepKind,
  given: string | undefined,
  inputSize: number = USUAL_SIZE,
): SweepValue[] {
  if (given === undefined) return [...new Set(values(inputSize))];
  const refuse = (wanted: string, value: string): never => {
    throw new UsageError(
      `Cannot use --values: each must be ${wanted}, current value is ${JSON.stringify(value)}`,
    );
  };
  const asked = given.split(",").map((text) => text.trim());
  if (!range) {
    const odd = asked.find((text) => !(alignModes as readonly string[]).includes(text));
    return odd === undefined ? [...new Set(asked)] : refuse(`one of ${alignModes.join(", ")}`, odd);
  }
  const { least, most, whole } = range;
  const numbers = asked.map((text) => {
    const value = text === "" ? Number.NaN : Number(text);
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
    return refuse(`${whole ? "an integer" : "a number"} in [${least}, ${most}]`, text);
  });
  return [...new Set(numbers)];
}
