import type { AlignmentReport } from "../align/alignDataSet";
import type { DataSet, SkippedItem } from "../data/dataset";
import { printable } from "../data/names";
import type { Prepared } from "./prepare";

/** Items that are told on a terminal, and items that files and reports keep. */
const TOLD = 10;
const KEPT = 50;
/** Characters of a reason that are shown: it may hold a path. */
const REASON = 200;

/** Everything that was left out, in the order in which it was found: when the set was listed, then when its images were read. */
export function leftOutOf(
  dataSet: Pick<DataSet, "skipped">,
  ...reports: readonly Pick<AlignmentReport, "skipped">[]
): SkippedItem[] {
  return [...dataSet.skipped, ...reports.flatMap(({ skipped }) => skipped)];
}

/** {@link leftOutOf} of data that are ready to train and test. */
export function leftOutOfPrepared({ opened, train, test }: Prepared): SkippedItem[] {
  return leftOutOf(opened.dataSet, train.report, test.report);
}

/** Lines for a terminal: at most ten names with their reasons, then how many more there are. Names are cut and made printable. */
export function leftOutLines(items: readonly SkippedItem[]): string[] {
  const shown = shownLeftOut(items.slice(0, TOLD));
  const lines = shown.map(({ name, reason }) => `left out  ${name}: ${reason}`);
  return items.length > TOLD ? [...lines, `          and ${items.length - TOLD} more`] : lines;
}

/** The first 50 items, as they are: what a summary keeps. */
export function keptLeftOut(items: readonly SkippedItem[]): SkippedItem[] {
  return items.slice(0, KEPT);
}

/** Names and reasons as one line each can show them, cut and printable. They are not escaped for HTML. */
export function shownLeftOut(items: readonly SkippedItem[]): SkippedItem[] {
  return items.map((item) => ({
    ...item,
    name: printable(item.name),
    reason: printable(item.reason, REASON),
  }));
}

/** How many of the items are folders, and how many are files or whatever else lay there. */
export function countLeftOut(items: readonly SkippedItem[]): { files: number; folders: number } {
  const folders = items.filter(({ folder }) => folder).length;
  return { files: items.length - folders, folders };
}
