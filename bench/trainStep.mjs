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
const STEPS = { "laptop-48": 8, "laptop-64": 4, "laptop-96": 2, "nn4-bn": 1 };
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

/** Rounds of our trainer and PyTorch's eager and compiled step, in turn. */
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
    const peer = await startPeer("trainStep.py", [
      JSON.stringify(spec),
      String(identities),
      String(images),
      String(STEPS[name]),
    ]);
    ({ versions, threads } = peer.hello);
    const own = [];
    const theirs = { eager: [], compiled: [] };
    // The first round warms everything up (and compiles) and is not kept.
    for (let round = -1; round < rounds; round++) {
      const ours = await seconds(() => {
        for (let step = 0; step < STEPS[name]; step++) trainer.step();
      });
      for (const form of ["eager", "compiled"]) {
        const answer = await peer.ask(form);
        if (round >= 0) theirs[form].push(answer.seconds / STEPS[name]);
      }
      if (round >= 0) own.push(ours / STEPS[name]);
    }
    peer.stop();
    trainer.dispose();
    times[`ours, ${name}`] = own;
    for (const form of ["eager", "compiled"]) {
      times[`PyTorch ${form}, ${name}`] = theirs[form];
      ratios.push({
        name: `train-step-${name}-to-torch-${form}`,
        of: own,
        to: theirs[form],
        meaning: `\`Trainer.step\` to PyTorch (${form}, channels-last), ${identities} × ${images} images of ${spec.inputSize}×${spec.inputSize}×3`,
      });
    }
  }
  return {
    ratios,
    times,
    notes: [
      "Both sides take bytes of crops, mine with the paper's rule, and move AdamW and the batch-norm averages; no augmentation on either side.",
      `PyTorch ran with ${threads} threads; the engine takes all cores as well.`,
    ],
    versions,
  };
}
