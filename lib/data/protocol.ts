import { LabError } from "../core/errors";
import type { DataSet, Protocol } from "./dataset";
import { printable } from "./names";

/**
 * Returns `protocol` after checking what makes a number honest: indices lie in the set, no identity is on both sides,
 * every pair lies within the test items, is marked as what it is, and has a fold. Throws a LabError otherwise.
 */
export function checkProtocol(dataSet: DataSet, protocol: Protocol): Protocol {
  const refuse = (why: string): never => {
    throw new LabError(`Cannot use ${protocol.name} on ${printable(dataSet.name)}: ${why}`);
  };
  const label = (item: number): number => dataSet.items[item]?.label ?? refuse(`item ${item} must exist`);
  if (protocol.train.length === 0) refuse("there must be items to train on, current value is 0");
  if (protocol.test.length === 0) refuse("there must be items to test on, current value is 0");
  const trained = new Set(Array.from(protocol.train, label));
  const tested = new Set<number>(protocol.test);
  for (const item of tested) {
    if (trained.has(label(item))) {
      refuse(`no identity may be trained and tested, current value is ${printable(dataSet.identities[label(item)])}`);
    }
  }
  const { first, second, same, fold, folds } = protocol.pairs;
  for (let i = 0; i < first.length; i++) {
    if (!tested.has(first[i]) || !tested.has(second[i])) refuse(`pair ${i} must lie within the test items`);
    if (first[i] === second[i]) refuse(`pair ${i} must join two items, current value is ${first[i]} twice`);
    if ((label(first[i]) === label(second[i])) !== (same[i] === 1)) refuse(`pair ${i} must be marked as it is`);
    if (!(fold[i] >= 0 && fold[i] < folds)) refuse(`pair ${i} must have a fold below ${folds}, current value is ${fold[i]}`);
  }
  return protocol;
}
