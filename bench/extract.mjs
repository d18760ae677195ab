// From image files to embeddings on disk: read, decode, align by known landmarks, embed, write; beside OpenCV and PyTorch on the same files.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const title = "Embedding extraction: decode, align, embed, write";
/** Images of one round, spread over the data set. */
const IMAGES = 2000;

/** Why this benchmark cannot run here, or nothing. */
export function missing() {
  return process.env.FACENET_LAB_LFW ? undefined : "FACENET_LAB_LFW does not say where LFW lies";
}

/** Rounds of this library and the peer in turn. `seconds` times a function. */
export async function run({ lab, rounds, startPeer, seconds }) {
  const { dataSet } = await lab.openDataSet(process.env.FACENET_LAB_LFW);
  const marked = dataSet.items.flatMap(({ name }, i) => (dataSet.landmarks?.has(name) ? [i] : []));
  if (marked.length === 0)
    throw new RangeError(
      "Cannot run the benchmark: images with known landmarks are needed, current value is 0",
    );
  const items = Array.from(
    { length: Math.min(IMAGES, marked.length) },
    (_, i) => marked[Math.floor((i * marked.length) / Math.min(IMAGES, marked.length))],
  );
  const spec = lab.laptopNet();
  const net = lab.buildNet(spec, lab.createRandom(1));
  const folder = mkdtempSync(join(tmpdir(), "facenet-lab-bench-"));
  const work = join(folder, "work.json");
  writeFileSync(
    work,
    JSON.stringify({
      paths: items.map((i) => dataSet.items[i].source.path),
      points: items.map((i) => [...dataSet.landmarks.get(dataSet.items[i].name)]),
      template: [...lab.templatePoints(lab.defaultAlignSettings.template, spec.inputSize, 0)],
    }),
  );
  const peer = await startPeer("extract.py", [JSON.stringify(spec), work]);
  const stages = { align: [], embed: [], whole: [], peer: [] };
  try {
    // The first round fills the file cache and warms everything up; it is not kept.
    for (let round = -1; round < rounds; round++) {
      let aligned;
      const align = await seconds(async () => {
        aligned = await lab.alignDataSet(dataSet, { items, margin: 0, cache: false });
      });
      const embed = await seconds(async () => {
        const vectors = await lab.embedCrops(net, aligned.crops);
        writeFileSync(join(folder, "ours.npy"), lab.encodeNpy(vectors));
      });
      const theirs = await peer.ask(join(folder, "peer.npy"));
      if (round < 0) continue;
      stages.align.push(align);
      stages.embed.push(embed);
      stages.whole.push(align + embed);
      stages.peer.push(theirs.seconds);
    }
  } finally {
    peer.stop();
    net.dispose();
    rmSync(folder, { recursive: true });
  }
  const perSecond = (times) => Math.round(items.length / [...times].sort((a, b) => a - b)[times.length >> 1]);
  return {
    ratios: [
      {
        name: "extract-to-torch-opencv",
        of: stages.whole,
        to: stages.peer,
        meaning:
          "`alignDataSet` without a cache, `embedCrops`, `encodeNpy` to cv2.imread, blur and warpAffine, PyTorch, numpy.save",
      },
    ],
    times: {
      "ours, read, decode and align": stages.align,
      "ours, embed and write": stages.embed,
      ours: stages.whole,
      "OpenCV and PyTorch": stages.peer,
    },
    notes: [
      `${items.length} images of ${dataSet.name} in a round, files in the file cache: ${perSecond(stages.whole)} images a second here, ${perSecond(stages.peer)} there. Both make crops of ${spec.inputSize}×${spec.inputSize} and run the laptop net in batches of 128.`,
      `PyTorch ran with ${peer.hello.threads} threads; the script decodes and warps one image after another, as such scripts do.`,
    ],
    versions: peer.hello.versions,
  };
}
