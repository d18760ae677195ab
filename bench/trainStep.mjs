// What one training step costs, from bytes to moved weights, beside PyTorch (channels-last, eager and compiled) with the same net, batch, loss and optimiser.
export const title = "One training step: forward, semi-hard mining, back-propagation, AdamW";

/** Name, net and batch (identities × images): the laptop net at three sizes, and NN4 with batch normalisation. */
const CASES = [
  ["laptop-48", (lab) => lab.laptopNet({ inputSize: 48 }), 32, 4],
  ["laptop-64", (lab) => lab.laptopNet({ inputSize: 64 }), 32, 4],
  ["laptop-96", (lab) => lab.laptopNet({ inputSize: 96 }), 32, 4],
  ["nn4-bn", (lab) => lab.withBatchNorm(lab.nn4()), 8, 4],
];
/** Steps of one round: about a second. */
const STEPS = { "laptop-48": 24, "laptop-64": 14, "laptop-96": 6, "nn4-bn": 3 };
/**
 * The peers, each in a process of its own, as people run them. glibc gives large freed blocks back to the kernel, and every step pays for new pages; the last peer is told
 * to keep them, as PyTorch's tuning guide advises by other allocators.
 */
const FORMS = [
  { key: "eager", form: "eager", variables: {}, meaning: "eager" },
  { key: "compiled", form: "compiled", variables: {}, meaning: "compiled" },
  {
    key: "compiled-tuned",
    form: "compiled",
    variables: { MALLOC_MMAP_THRESHOLD_: String(2 ** 25), MALLOC_TRIM_THRESHOLD_: String(2 ** 30) },
    meaning: "compiled, freed memory kept",
  },
];
const IDENTITIES = 64;

/** Noisy copies of one random picture per identity. */
function patternCrops(lab, size, images) {
  const random = lab.createRandom(1);
  const values = size * size * 3;
  const data = new Uint8Array(IDENTITIES * images * values);
  for (let id = 0; id < IDENTITIES; id++) {
    const pattern = Float32Array.from({ length: values }, () => 255 * random.next());
    for (let k = 0; k < images; k++) {
      const start = (id * images + k) * values;
      for (let i = 0; i < values; i++) data[start + i] = 0.4 * pattern[i] + 0.6 * random.integer(256);
    }
  }
  const labels = Int32Array.from({ length: IDENTITIES * images }, (_, i) => Math.floor(i / images));
  return { size, channels: 3, data, labels, names: [], identities: [] };
}

/** Rounds of our trainer and of PyTorch's forms, in turn. */
export async function run({ lab, rounds, startPeer, seconds }) {
  const times = {};
  const ratios = [];
  let versions = {};
  let threads = 0;
  for (const [name, netOf, identities, images] of CASES) {
    const spec = netOf(lab);
    const crops = patternCrops(lab, spec.inputSize, images);
    const settings = {
      ...lab.defaultSettings,
      batch: { sampler: "identities", identities, images },
      augmentation: "none",
      chunk: identities * images,
      budget: { steps: 1e6 },
    };
    const trainer = new lab.Trainer(spec, crops, settings);
    const own = [];
    const peers = [];
    for (const { key, form, variables, meaning } of FORMS) {
      const args = [JSON.stringify(spec), identities, images, STEPS[name], form].map(String);
      const peer = await startPeer("trainStep.py", args, { variables });
      ({ versions, threads } = peer.hello);
      peers.push({ key, peer, meaning, took: [] });
    }
    // The first round warms everything up (and compiles) and is not kept.
    for (let round = -1; round < rounds; round++) {
      const ours = await seconds(() => {
        for (let step = 0; step < STEPS[name]; step++) trainer.step();
      });
      if (round >= 0) own.push(ours / STEPS[name]);
      for (const { peer, took } of peers) {
        const answer = await peer.ask();
        if (round >= 0) took.push(answer.seconds / STEPS[name]);
      }
    }
    trainer.dispose();
    times[`ours, ${name}`] = own;
    for (const { key, peer, meaning, took } of peers) {
      peer.stop();
      times[`PyTorch ${meaning}, ${name}`] = took;
      ratios.push({
        name: `train-step-${name}-to-torch-${key}`,
        of: own,
        to: took,
        meaning: `\`Trainer.step\` to PyTorch (${meaning}; channels-last), ${identities} × ${images} images of ${spec.inputSize}×${spec.inputSize}×3`,
      });
    }
  }
  return {
    ratios,
    times,
    notes: [
      "Both sides take bytes of crops, mine with the paper's rule, and move AdamW and the batch-norm averages; no augmentation on either side.",
      `Every form of PyTorch runs in a process of its own. "Freed memory kept" is glibc told not to give it back to the kernel (${Object.entries(
        FORMS[2].variables,
      )
        .map((pair) => pair.join("="))
        .join(", ")}).`,
      `PyTorch ran with ${threads} threads; the engine takes all cores as well.`,
    ],
    versions,
  };
}
