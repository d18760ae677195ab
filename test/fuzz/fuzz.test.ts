import assert from "node:assert/strict";
import { test } from "node:test";
import { LabError } from "../../lib/core/errors";
import { inFolder } from "../inFolder";
import { attack } from "./attack";
import { openDoors } from "./doors";

/** `npm run fuzz` tries 10,000 and watches for hangs and crashes. */
const MUTANTS = 600;

test("every loader reads its own valid files", () =>
  inFolder(async (folder) => {
    for (const door of await openDoors(folder)) {
      if (door.name === "calibration.json" || door.name.startsWith("signed.")) continue;
      for (const valid of door.valid) await door.load(valid, door.name);
    }
  }));

test(`every loader reads or refuses ${MUTANTS} mutated files in one line that names the file`, () =>
  inFolder(async (folder) => {
    const doors = await openDoors(folder);
    const wrong: string[] = [];
    let refused = 0;
    for (let number = 0; number < MUTANTS; number++) {
      const outcome = await attack(doors, 2, number);
      if (!outcome.accepted) refused++;
      if (outcome.wrong) wrong.push(`mutant ${number} at ${outcome.door}: ${outcome.wrong}`);
    }
    assert.deepEqual(wrong, []);
    assert.ok(refused > MUTANTS / 4, `${refused} were refused`);
  }));

test("attack() finds a loader that throws something else, or does not name the file", async () => {
  const thrown: readonly unknown[] = [new TypeError("a.txt"), new LabError("no")];
  for (const error of thrown) {
    const load = (): never => {
      throw error;
    };
    const outcome = await attack([{ name: "a.txt", valid: [Buffer.from("abc")], load }], 1, 0);
    assert.ok(outcome.wrong, String(error));
  }
});
