import { LabError } from "../../lib/core/errors";
import { createRandom } from "../../lib/core/random";
import type { Door } from "./doors";
import { mutate } from "./mutate";

/** What one mutant did. `wrong` says which promise was broken; it is undefined when none was. */
export interface Outcome {
  readonly door: string;
  readonly how: readonly string[];
  /** True when the mutant was still a valid file. */
  readonly accepted: boolean;
  readonly milliseconds: number;
  readonly wrong?: string;
}

/**
 * Mutant `number` of a seed, at a door that the number chooses. The promises: it is read, or refused with a LabError of one line that names the file;
 * no prototype is polluted.
 */
export async function attack(doors: readonly Door[], seed: number, number: number): Promise<Outcome> {
  const random = createRandom(seed).fork(String(number));
  const door = doors[number % doors.length];
  const { bytes, how } = mutate(door.valid[random.integer(door.valid.length)], random);
  const start = performance.now();
  let accepted = false;
  let wrong: string | undefined;
  try {
    await door.load(bytes, door.name);
    accepted = true;
  } catch (error) {
    wrong = brokenBy(error, door.name);
  }
  if (({} as { polluted?: unknown }).polluted !== undefined) wrong = "a prototype is polluted";
  return { door: door.name, how, accepted, milliseconds: performance.now() - start, wrong };
}

function brokenBy(error: unknown, name: string): string | undefined {
  if (!(error instanceof LabError)) {
    return `no LabError but ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  if (/[\n\r]/.test(error.message)) return `more than one line: ${JSON.stringify(error.message)}`;
  if (!error.message.includes(name) && !error.message.includes("model"))
    return `the file is not named: ${error.message}`;
  return undefined;
}
