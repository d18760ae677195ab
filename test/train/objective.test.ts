import assert from "node:assert/strict";
import test from "node:test";
import { matrixFromRows } from "../../lib/core/matrix";
import { createRandom } from "../../lib/core/random";
import { miningRuleNames } from "../../lib/miners/rules";
import { createObjective, type ObjectiveChoice } from "../../lib/train/objectives";
import { settingsSchema } from "../../lib/train/schemas";
import { defaultSettings } from "../../lib/train/settings";

const at = (degrees: number): number[] => [
  Math.cos((degrees * Math.PI) / 180),
  Math.sin((degrees * Math.PI) / 180),
];
/** Squared L2 of two unit vectors: 2 − 2 cos. */
const squared = (degrees: number): number => 2 - 2 * Math.cos((degrees * Math.PI) / 180);
const embeddings = matrixFromRows([0, 30, 35, 95].map(at));
const labels = Int32Array.from([0, 0, 1, 1]);
const evaluated = (options: Omit<ObjectiveChoice, "name">, x = embeddings) =>
  createObjective(
    { name: "triplet", ...options },
    { classes: 2, dimension: 2, random: createRandom(1) },
  ).evaluate(x, labels, new Float32Array(0));
const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-5, `${a} and ${b}`);

test("createObjective() reports loss, active fraction and distances by hand", () => {
  // Pairs: (0°, 30°) with negatives at 35° and 95°; (30°, 0°) with 5° (nearer) and 65°; (35°, 95°), D(60°) = 1, with 35° and 5°; (95°, 35°) with
  // 95° and 65°. Semi-hard within 0.2: (0°, 30°, 35°) by 30° → 35°; (95°, 35°, 30°) by 60° → 65°. So 2 of 4 pairs.
  const result = evaluated({});
  assert.equal(result.terms, 2);
  assert.equal(result.activeFraction, 2 / 4);
  near(result.loss, (squared(30) - squared(35) + 0.2 + squared(60) - squared(65) + 0.2) / 2);
  near(result.meanPositive, (squared(30) + squared(60)) / 2);
  near(result.meanNegative, (squared(35) + squared(95) + squared(5) + squared(65)) / 4);
  near(result.hardestPositive, squared(60));
  near(result.hardestNegative, squared(5));
});

test("createObjective() keeps the active fraction within [0, 1] for every rule", () => {
  for (const mining of miningRuleNames) {
    const { activeFraction } = evaluated({ mining, margin: 1 });
    assert.ok(activeFraction > 0 && activeFraction <= 1, `${mining}: ${activeFraction}`);
  }
});

test("createObjective() of embeddings that are not finite has a loss of NaN", () => {
  const broken = matrixFromRows([[1, 0], [Number.NaN, 1], at(10), at(20)]);
  assert.ok(Number.isNaN(evaluated({}, broken).loss));
});

test("settingsSchema accepts every mining rule, and no other", () => {
  const settings = (mining: string) => ({ ...defaultSettings, objective: { name: "triplet", mining } });
  for (const mining of miningRuleNames) assert.ok(settingsSchema.safeParse(settings(mining)).success);
  assert.ok(!settingsSchema.safeParse(settings("toString")).success);
});
