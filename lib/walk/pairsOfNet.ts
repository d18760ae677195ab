import type { CropSet, PairList } from "../data/dataset";
import { pairDistances } from "../evaluate/distances";
import type { Net } from "../nets/build";
import { type EmbedOptions, embedCrops } from "../train/embed";

/** Squared L2 of pairs of crops under a net; only the images that stand in a pair are embedded. */
export async function distancesOfPairs(
  net: Net,
  crops: CropSet,
  { first, second }: Pick<PairList, "first" | "second">,
  options: Pick<EmbedOptions, "mirrorAverage" | "signal">,
): Promise<Float32Array> {
  const rows = [...new Set([...first, ...second])];
  const place = new Map(rows.map((row, i) => [row, i]));
  const x = await embedCrops(net, crops, { ...options, rows });
  const at = (of: Int32Array): number[] => Array.from(of, (row) => place.get(row) as number);
  return pairDistances(x, at(first), at(second));
}
