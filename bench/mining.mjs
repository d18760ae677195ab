// What mining costs in the paper's batch (45 identities × 40 images, 128 dimensions): the literal rule beside the forward pass that made the
// embeddings, and beside pytorch-metric-learning's semi-hard miner on the same embeddings in the same run.
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const title = "Mining a batch of 1,800 × 128";
const IDENTITIES = 45;
const IMAGES = 40;
const SIZE = 64;
const MARGIN = 0.2;

/** Noisy copies of one random picture per identity. */
function patternCrops(lab) {
  const random = lab.createRandom(1);
  const values = SIZE * SIZE * 3;
  const count = IDENTITIES * IMAGES;
  const data = new Uint8Array(count * values);
  for (let id = 0; id < IDENTITIES; id++) {
    const pattern = Float32Array.from({ length: values }, () => 255 * random.next());
    for (let k = 0; k < IMAGES; k++) {
      const start = (id * IMAGES + k) * values;
      for (let i = 0; i < values; i++) data[start + i] = 0.6 * pattern[i] + 0.4 * random.integer(256);
    }
  }
  const labels = Int32Array.from({ length: count }, (_, i) => Math.floor(i / IMAGES));
  return { size: SIZE, channels: 3, data, labels, names: [], identities: [] };
}

/** Rounds of forward pass, every rule and the peer, in turn. `seconds` times a function, also one that waits. */
export async function run({ lab, rounds, startPeer, seconds }) {
  const crops = patternCrops(lab);
  const { labels } = crops;
  const net = lab.buildNet(lab.laptopNet({ inputSize: SIZE }), lab.createRandom(1));
  const embeddings = await lab.embedCrops(net, crops);
  const file = join(tmpdir(), `facenet-lab-bench-${process.pid}.npy`);
  writeFileSync(file, lab.encodeNpy(embeddings));
  const peer = await startPeer("mining.py", [file, String(IMAGES)]);
  rmSync(file);
  // Not "all", whose list would not fit, nor "drawn", which takes other batches.
  const rules = lab.miningRuleNames.filter((name) => name !== "all" && name !== "drawn");
  const times = { forward: [], peer: [], mining: [], gram: [], count: [] };
  for (const name of rules) times[name] = [];
  const random = lab.createRandom(2);
  const theirs = await peer.ask("pairs");
  let found;
  // The first round warms everything up and is not kept.
  for (let round = -1; round < rounds; round++) {
    const keep = (name, value) => round >= 0 && times[name].push(value);
    keep("forward", await seconds(() => lab.embedCrops(net, crops)));
    keep(
      "mining",
      await seconds(() => {
        found = lab.semiHardNearest(lab.miningBatch(embeddings, labels), MARGIN);
      }),
    );
    keep("peer", (await peer.ask()).seconds);
    let batch;
    keep("gram", await seconds(() => (batch = lab.miningBatch(embeddings, labels))));
    for (const name of rules) keep(name, await seconds(() => lab.miningRules[name](batch, MARGIN, random)));
    keep("count", await seconds(() => lab.countTriplets(batch, MARGIN)));
  }
  peer.stop();
  net.dispose();
  return {
    ratios: [
      {
        name: "mining-to-forward",
        of: times.mining,
        to: times.forward,
        meaning:
          "Gram matrix and literal rule, to the laptop net's forward pass on the same 1,800 images (64×64×3; `embedCrops`, with the crops' conversion to floats)",
      },
      {
        name: "mining-to-pytorch-metric-learning",
        of: times.mining,
        to: times.peer,
        meaning:
          "the same, to TripletMarginMiner (semihard, LpDistance power 2), which lists every semi-hard triplet and has no rule that keeps the nearest",
      },
    ],
    times,
    notes: [
      `Literal rule: ${found.count} triplets, one for each pair that has a semi-hard negative. TripletMarginMiner: ${theirs.triplets} triplets of ${theirs.pairs} pairs.`,
      `pytorch-metric-learning ran with ${peer.hello.threads} threads; the rules are single-threaded, Gram matrix and forward pass use the engine's threads.`,
    ],
    versions: peer.hello.versions,
  };
}
