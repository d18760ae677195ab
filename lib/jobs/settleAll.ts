import { WorkerLost } from "../worker/workers";

/** Waits until every promise has settled, then gives all values, or throws a WorkerLost if there was one, else the first error. */
export async function settleAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  const reasons = settled.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  if (reasons.length > 0) throw reasons.find((reason) => reason instanceof WorkerLost) ?? reasons[0];
  return settled.map((one) => (one as PromiseFulfilledResult<T>).value);
}
