import type { DataSet } from "./dataset";

/** Item indices of every identity, in item order: `itemsByIdentity(set)[label]`. */
export function itemsByIdentity(dataSet: DataSet): number[][] {
  const groups: number[][] = dataSet.identities.map(() => []);
  dataSet.items.forEach((item, i) => {
    groups[item.label].push(i);
  });
  return groups;
}

/** Indices of the items whose identity passes, in item order. */
export function itemsWhere(dataSet: DataSet, passes: (label: number) => boolean): Int32Array {
  const found: number[] = [];
  dataSet.items.forEach((item, i) => {
    if (passes(item.label)) found.push(i);
  });
  return Int32Array.from(found);
}
