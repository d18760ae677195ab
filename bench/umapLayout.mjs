// What a UMAP of 13,233 × 128 costs, as many rows as LFW has images, beside umap-learn on the same rows in the same run, and how faithful both pictures are.
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const title = "UMAP of 13,233 × 128, 15 neighbours, 200 epochs";
const ROWS = 13_233;
const COLUMNS = 128;
const IDENTITIES = 1_680;
const NEIGHBORS = 15;

/** Unit rows around one random centre per identity. */
function clusters(lab) {
  const random = lab.createRandom(1);
  const centres = Float32Array.from({ length: IDENTITIES * COLUMNS }, () => random.normal());
  const x = lab.matrix(ROWS, COLUMNS);
  for (let i = 0; i < ROWS; i++) {
    const row = lab.rowOf(x, i);
    const centre = (i % IDENTITIES) * COLUMNS;
    for (let k = 0; k < COLUMNS; k++) row[k] = centres[centre + k] + 1.2 * random.normal();
    const norm = Math.hypot(...row);
    for (let k = 0; k < COLUMNS; k++) row[k] /= norm;
  }
  return x;
}

/** Rounds of ours and the peer, in turn. The peer's first round compiles and is named apart. */
export async function run({ lab, rounds, startPeer, seconds }) {
  const x = clusters(lab);
  const file = join(tmpdir(), `facenet-lab-umap-${process.pid}.npy`);
  writeFileSync(file, lab.encodeNpy(x));
  const peer = await startPeer("umapLayout.py", [file, String(NEIGHBORS)]);
  rmSync(file);
  const times = { ours: [], "umap-learn, warm": [] };
  let picture;
  let theirs;
  let cold;
  for (let round = -1; round < rounds; round++) {
    const own = await seconds(async () => {
      picture = await lab.umapProjection(x, { neighbors: NEIGHBORS, products: lab.engineProducts });
    });
    theirs = await peer.ask();
    cold ??= theirs.seconds;
    if (round < 0) continue;
    times.ours.push(own);
    times["umap-learn, warm"].push(theirs.seconds);
  }
  peer.stop();
  const their = lab.matrix(ROWS, 2, Float32Array.from(theirs.picture));
  const faithful = (map) => lab.trustworthiness(x, map, NEIGHBORS).toFixed(4);
  return {
    ratios: [
      {
        name: "umap-to-umap-learn",
        of: times.ours,
        to: times["umap-learn, warm"],
        meaning:
          "`umapProjection` with exact neighbours, to umap-learn's `fit_transform` with a seed (its approximate neighbours), warm",
      },
    ],
    times,
    notes: [
      `Trustworthiness at ${NEIGHBORS} neighbours: ours ${faithful(picture)}, umap-learn ${faithful(their)}. umap-learn's first call, which compiles, took ${cold.toFixed(1)} s.`,
    ],
    versions: peer.hello.versions,
  };
}
