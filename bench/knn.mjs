// Exact nearest neighbours of 2,000 probes among 100,000 × 128, beside faiss's exact index and scikit-learn's brute force on the same rows in the same run.
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const title = "k-NN of 2,000 probes in a gallery of 100,000 × 128";
const GALLERY = 100_000;
const PROBES = 2000;
const COLUMNS = 128;

/** Random rows on the unit sphere. */
function sphere(lab, rows, seed) {
  const random = lab.createRandom(seed);
  const x = lab.matrix(rows, COLUMNS);
  for (let i = 0; i < rows; i++) {
    const row = lab.rowOf(x, i);
    for (let k = 0; k < COLUMNS; k++) row[k] = random.normal();
    const norm = Math.hypot(...row);
    for (let k = 0; k < COLUMNS; k++) row[k] /= norm;
  }
  return x;
}

/** Rounds of this library and both peers in turn, for k = 1 and k = 10. `seconds` times a function. */
export async function run({ lab, rounds, startPeer, seconds }) {
  const gallery = sphere(lab, GALLERY, 1);
  const probes = sphere(lab, PROBES, 2);
  const files = ["gallery", "probes"].map((name) => join(tmpdir(), `facenet-lab-${name}-${process.pid}.npy`));
  writeFileSync(files[0], lab.encodeNpy(gallery));
  writeFileSync(files[1], lab.encodeNpy(probes));
  const peer = await startPeer("knn.py", files);
  for (const file of files) rmSync(file);
  const products = lab.engineProducts;
  const times = {};
  const keep = (round, name, value) => {
    times[name] ??= [];
    if (round >= 0) times[name].push(value);
  };
  const agreement = {};
  // The first round warms everything up and is not kept.
  for (let round = -1; round < rounds; round++) {
    for (const k of [1, 10]) {
      let found;
      keep(
        round,
        `ours, k ${k}`,
        await seconds(() => {
          found = lab.nearestRows(probes, gallery, k, { products });
        }),
      );
      for (const name of ["faiss", "sklearn"]) {
        const theirs = await peer.ask(`${name} ${k}`);
        keep(round, `${name}, k ${k}`, theirs.seconds);
        const same = theirs.first.filter((row, i) => row === found.indices[i * k]).length;
        agreement[`${name}, k ${k}`] = same;
      }
    }
  }
  peer.stop();
  const ratio = (k, name, library) => ({
    name: `knn-${k}-to-${name}`,
    of: times[`ours, k ${k}`],
    to: times[`${name}, k ${k}`],
    meaning: `\`nearestRows\` with the engine's products to ${library}, k = ${k}`,
  });
  return {
    ratios: [1, 10].flatMap((k) => [
      ratio(k, "faiss", "faiss IndexFlatL2 (search only; its index was filled before)"),
      ratio(k, "sklearn", "scikit-learn NearestNeighbors, brute (kneighbors only)"),
    ]),
    times,
    notes: [
      `Nearest rows that agree, of ${PROBES}: ${Object.entries(agreement)
        .map(([name, same]) => `${name} ${same}`)
        .join("; ")}.`,
      `faiss ran with ${peer.hello.threads} threads; all three use the machine's cores. Our time includes the norms of the gallery.`,
    ],
    versions: peer.hello.versions,
  };
}
