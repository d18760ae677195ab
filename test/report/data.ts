import { createRandom } from "../../lib/core/random";
import { rocCurve } from "../../lib/evaluate/roc";
import { raster } from "../../lib/image/raster";
import type { ReportData } from "../../lib/report/reportData";
import { curves } from "../figures/figures";

/** Names that would end the script element, run a script, or be taken for something else than a name. */
export const hostile: readonly string[] = [
  `</script><img src=x onerror="document.title='red'">`,
  "__proto__",
  "<!--<script>",
  "constructor\u2028\u0001",
];

const SIZE = 8;

/** An invented report: 4 identities of 3 images; every crop is one random grey value, all different by at least 15. */
export function inventedReport(seed: number = 1): ReportData {
  const random = createRandom(seed);
  const rows = 3 * hostile.length;
  const values = random.shuffle(Array.from({ length: rows }, (_, i) => 20 + 18 * i));
  const pair = (first: number, second: number) => ({ first, second, distance: 4 * random.next() });
  const distances = Array.from({ length: 60 }, () => 4 * random.next());
  const same = distances.map((_, i) => i % 2);
  const { points, auc } = rocCurve(distances, same);
  const [evil] = hostile;
  const positions = (): Float32Array => Float32Array.from({ length: 2 * rows }, () => random.normal());
  return {
    title: `Invented ${evil}`,
    subtitle: evil,
    cards: [{ label: evil, value: evil, detail: evil }],
    paragraphs: [evil],
    alignment: {
      text: evil,
      counts: { aligned: 1200, [evil]: 1, refused: 0 },
      examples: [{ before: raster(20, 10, 3), after: raster(SIZE, SIZE, 1), name: evil }],
    },
    training: evil,
    history: curves(30, 3, (step) => 1 / step),
    verification: {
      distances,
      same,
      threshold: 1.5,
      auc,
      roc: points,
      operating: [{ far: 0.01, val: 0.5, threshold: 0.4 }],
    },
    identification: {
      cmc: [
        {
          name: "leave one out",
          cmc: [0.5, 0.75],
          intervals: [
            [0.4, 0.6],
            [0.6, 0.9],
          ],
        },
      ],
      openSet: {
        curve: [
          { far: 0, dir: 0.1 },
          { far: 1, dir: 0.5 },
        ],
        points: [{ far: 0.1, dir: 0.3, threshold: 0.6 }],
        closed: 0.5,
        known: 6,
        strangers: 10,
      },
    },
    crops: {
      size: SIZE,
      channels: 1,
      data: Uint8Array.from({ length: rows * SIZE ** 2 }, (_, i) => values[Math.floor(i / SIZE ** 2)]),
      labels: Int32Array.from({ length: rows }, (_, i) => Math.floor(i / 3)),
      names: Array.from({ length: rows }, (_, i) => `${evil}/${i}.png`),
      identities: hostile,
    },
    map: {
      rows: Int32Array.from({ length: rows }, (_, i) => i),
      umap: positions(),
      pca: positions(),
      explained: [0.3, 0.1],
      hardPositives: [pair(0, 2)],
      hardNegatives: [pair(1, 4)],
    },
    hardest: { positives: [pair(0, 2), pair(3, 5)], negatives: [pair(1, 4)] },
    stages: { [evil]: 1.25 },
    settings: { [evil]: evil, rate: 0.1, widths: [2, 3], landmarks: undefined },
    versions: { [evil]: evil },
    command: evil,
  };
}
