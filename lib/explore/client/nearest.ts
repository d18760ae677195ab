import type { Epoch, Points } from "./decode";

/** A point and its squared L2 to another one. */
export interface Neighbour {
  readonly point: number;
  readonly distance: number;
}

/** Squared L2 between two points, from their 8-bit codes. */
export function distanceOf({ codes, step }: Epoch, dimensions: number, i: number, j: number): number {
  let sum = 0;
  for (let k = 0, a = i * dimensions, b = j * dimensions; k < dimensions; k++, a++, b++) {
    const difference = codes[a] - codes[b];
    sum += difference * difference;
  }
  return sum * step * step;
}

/** All other points, nearest first. Ties: the smaller number. */
export function neighboursOf(epoch: Epoch, { count, dimensions }: Points, point: number): Neighbour[] {
  const all: Neighbour[] = [];
  for (let i = 0; i < count; i++) {
    if (i !== point) all.push({ point: i, distance: distanceOf(epoch, dimensions, point, i) });
  }
  return all.sort((a, b) => a.distance - b.distance || a.point - b.point);
}

/** One sentence on a point and whether it is an error. */
export interface Verdict {
  readonly wrong: boolean;
  readonly text: string;
}

const D = (distance: number): string => distance.toFixed(3);

/** What is right and wrong about a point at a threshold (squared L2), from all its neighbours, nearest first. */
export function verdictsOf(
  { labels }: Points,
  point: number,
  neighbours: readonly Neighbour[],
  threshold: number,
): Verdict[] {
  const own = neighbours.filter((other) => labels[other.point] === labels[point]);
  const others = neighbours.filter((other) => labels[other.point] !== labels[point]);
  const [positive, negative] = [own[0], others[0]];
  const accepted = others.filter(({ distance }) => distance < threshold).length;
  const refused = own.filter(({ distance }) => !(distance < threshold)).length;
  const verdicts: Verdict[] = [];
  if (!positive) verdicts.push({ wrong: false, text: "This is the only image of its identity on the map." });
  else if (!negative) verdicts.push({ wrong: false, text: "There is no other identity on the map." });
  else if (negative.distance <= positive.distance) {
    verdicts.push({
      wrong: true,
      text: `Nearest image is of another identity: nearest negative ${D(negative.distance)}, nearest positive ${D(positive.distance)}.`,
    });
  } else {
    verdicts.push({
      wrong: false,
      text: `Nearest image is of the same identity: ${D(positive.distance)}, nearest negative ${D(negative.distance)}.`,
    });
    const farthest = own[own.length - 1].distance;
    if (farthest > negative.distance) {
      verdicts.push({
        wrong: true,
        text: `Farthest positive (${D(farthest)}) lies beyond the nearest negative (${D(negative.distance)}): no threshold is right for both.`,
      });
    }
  }
  verdicts.push({
    wrong: accepted > 0,
    text: `False accepts at the threshold: ${accepted} of ${others.length} images of others.`,
  });
  verdicts.push({
    wrong: refused > 0,
    text: `False rejects at the threshold: ${refused} of ${own.length} images of its own.`,
  });
  return verdicts;
}
