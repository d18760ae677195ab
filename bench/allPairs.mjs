// What verification over all pairs costs: 13,233 × 128, as many rows as LFW has images, beside numpy and scikit-learn on the same embeddings in the same run.
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const title = "VAL at FAR over all pairs of 13,233 × 128";
const ROWS = 13_233;
const COLUMNS = 128;
const IDENTITIES = 5_749;

/** Unit rows around one random centre per identity, each identity with one row at least. */
function clusters(lab) {
  const random = lab.createRandom(1);
  const labels = Int32Array.from({ length: ROWS }, (_, i) =>
    i < IDENTITIES ? i : random.integer(IDENTITIES),
  );
  const centres = Float32Array.from({ length: IDENTITIES * COLUMNS }, () => random.normal());
  const x = lab.matrix(ROWS, COLUMNS);
  for (let i = 0; i < ROWS; i++) {
    const row = lab.rowOf(x, i);
    for (let k = 0; k < COLUMNS; k++) row[k] = centres[labels[i] * COLUMNS + k] + 1.2 * random.normal();
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let k = 0; k < COLUMNS; k++) row[k] /= norm;
  }
  return { x, labels };
}

/** Rounds of ours and the peer, in turn. */
export async function run({ lab, rounds, startPeer, seconds }) {
  const { x, labels } = clusters(lab);
  const base = join(tmpdir(), `facenet-lab-bench-${process.pid}`);
  writeFileSync(`${base}.npy`, lab.encodeNpy(x));
  writeFileSync(`${base}.labels`, JSON.stringify(Array.from(labels)));
  const peer = await startPeer("allPairs.py", [`${base}.npy`, `${base}.labels`]);
  for (const ending of ["npy", "labels"]) rmSync(`${base}.${ending}`);
  const times = { ours: [], numpy: [], "scikit-learn": [] };
  let result;
  let numpy;
  let sklearn;
  // The first round warms everything up and is not kept.
  for (let round = -1; round < rounds; round++) {
    const own = await seconds(() => {
      result = lab.allPairsVal(x, labels, { products: lab.engineProducts });
    });
    numpy = await peer.ask("numpy");
    sklearn = await peer.ask("sklearn");
    if (round < 0) continue;
    times.ours.push(own);
    times.numpy.push(numpy.seconds);
    times["scikit-learn"].push(sklearn.seconds);
  }
  peer.stop();
  const farthest = ({ val }) => Math.max(...result.points.map((point, i) => Math.abs(point.val - val[i])));
  const ours = "`allPairsVal` (VAL at every measurable FAR, AUC, EER and the ROC, exact, in blocks)";
  return {
    ratios: [
      {
        name: "all-pairs-to-numpy",
        of: times.ours,
        to: times.numpy,
        meaning: `${ours}, to numpy's blocked products and a partial sort of the different distances (VAL at the same FARs only)`,
      },
      {
        name: "all-pairs-to-sklearn",
        of: times.ours,
        to: times["scikit-learn"],
        meaning: "the same, to scikit-learn's `euclidean_distances`, `roc_curve` and `auc` (the whole ROC)",
      },
    ],
    times,
    notes: [
      `${result.samePairs} same and ${result.differentPairs} different pairs; the largest difference of a VAL from numpy's is ${farthest(numpy).toExponential(1)}, from scikit-learn's ${farthest(sklearn).toExponential(1)}; of the AUC ${Math.abs(result.auc - sklearn.auc).toExponential(1)}.`,
    ],
    versions: peer.hello.versions,
  };
}
