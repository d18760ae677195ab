// What minutes of training buy on LFW View 1: nets trained one after the other by `supervised-contrastive` with `--augmentation faces`, and `backends --lbp`, judging together as in `folds --join`,
// beside a plain PyTorch script with the triplet loss, on the same images and the same machine, in alternating slices.
// FACENET_LAB_BENCH_MINUTES (default 10) is the budget of each side, FACENET_LAB_BENCH_SEEDS (default 3) how often; a seed that is finished survives a run that is cut.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const title = "Time to accuracy: LFW View 1, minutes of training";

/**
 * What ours trains, one after the other: a net on crops of a template for a share of the time, high-dimensional LBP with Joint Bayesian until it is done, a second net for a share of what
 * is left. Then it stops. The script's crops are those of the first template.
 */
const PARTS = [
  { template: "close-112", share: 1 / 3 },
  { lbp: true },
  { template: "arcface-112", share: 1 / 2 },
];
const [{ template: TEMPLATE }] = PARTS;
/** Seconds of training in one slice. */
const SLICE = 20;
const SIDES = { ours: "facenet-lab", peer: "PyTorch script" };

/** Why this benchmark cannot run here, or nothing. */
export function missing() {
  return process.env.FACENET_LAB_LFW ? undefined : "FACENET_LAB_LFW does not say where LFW lies";
}

function wholeNumber(name, usual) {
  const value = Number(process.env[name] ?? usual);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(
    `Cannot run the benchmark: ${name} must be an integer of at least 1, current value is ${process.env[name]}`,
  );
}

/** The images of the test pairs, each once, and the pairs as rows of them. */
function heldOut({ test: { crops }, pairs }) {
  const rows = [...new Set([...pairs.first, ...pairs.second])];
  const at = new Map(rows.map((row, i) => [row, i]));
  const index = (from) => Array.from(from, (row) => at.get(row));
  const bytes = crops.size * crops.size * crops.channels;
  const pixels = Buffer.concat(rows.map((row) => crops.data.subarray(row * bytes, (row + 1) * bytes)));
  return { rows, pixels, pairs: { ...pairs, first: index(pairs.first), second: index(pairs.second) } };
}

function scoresOf(lab, distances, pairs) {
  const { accuracy, auc } = lab.verification({ ...pairs, distances });
  return { auc, accuracy };
}

/** Ours: trains in steps up to a time, and scores with all judges that were finished then; the first net judges from its first step. */
function startOurs({ lab, sides, spec, settings, minutes, held }) {
  const judges = [];
  let [used, images, netSeconds, trainer] = [0, 0, 0];
  const distancesOf = async (net, side) => {
    const x = await lab.embedCrops(net, side.test.crops, { rows: held.rows, mirrorAverage: true });
    return lab.pairDistances(x, held.pairs.first, held.pairs.second);
  };
  async function* training() {
    for (const { lbp, template, share } of PARTS) {
      const side = sides.get(template ?? "lbp");
      if (lbp) {
        const start = performance.now();
        const backend = await fitLbp(lab, side.train.crops, settings.seed);
        used += (performance.now() - start) / 1000;
        judges.push({ since: used, distances: await backend(side.test.crops, held) });
        yield;
        continue;
      }
      const seconds = share * (60 * minutes - used);
      if (seconds < 1) return;
      const before = used;
      trainer = new lab.Trainer(spec, side.train.crops, { ...settings, budget: { seconds } });
      if (judges.length === 0) judges.push({ since: 0, distances: () => distancesOf(trainer.net, side) });
      for (;;) {
        trainer.step();
        used = before + trainer.seconds;
        if (trainer.done) break;
        yield;
      }
      images += trainer.steps * trainer.sampler.batchSize;
      netSeconds += trainer.seconds;
      const distances = await distancesOf(trainer.net, side);
      if (before === 0) judges[0].distances = distances;
      else judges.push({ since: used, distances });
      trainer.dispose();
      yield;
    }
  }
  const rest = training();
  return {
    advance: async (seconds) => {
      while (used < seconds && !(await rest.next()).done);
    },
    scores: async (seconds) => {
      const heard = judges.filter(({ since }) => since <= seconds + 1);
      const all = await Promise.all(heard.map(({ distances: d }) => (typeof d === "function" ? d() : d)));
      return scoresOf(lab, all.length > 1 ? lab.addedDistances(all, held.pairs) : all[0], held.pairs);
    },
    rate: () => images / netSeconds,
    finished: () => judges.map(({ since }) => since),
  };
}

/** High-dimensional LBP and Joint Bayesian on the training crops; distances of held-out pairs by it. */
async function fitLbp(lab, crops, seed) {
  const lbp = await lab.fitHighDimLbp(crops, { seed });
  const features = await lbp.embed(crops);
  const backend = lab.backendKinds["joint-bayesian"].fit(features, crops.labels, lab.createRandom(seed));
  return async (test, { rows, pairs }) =>
    backend.score(await lbp.embed(test, { rows }), pairs).map((score) => -score);
}

/** One seed of both sides in turn: the scores at every full minute, and the steps that fitted in. */
async function runSeed({ lab, startPeer, sides, held, spec, settings, minutes, files }) {
  const ours = startOurs({ lab, sides, spec, settings, minutes, held });
  const peer = await startPeer("timeToAccuracy.py", [
    JSON.stringify(spec),
    ...files.slice(0, 3),
    String(sides.get(TEMPLATE).train.crops.size),
    String(60 * minutes),
    String(settings.seed),
  ]);
  const scores = { ours: [], peer: [] };
  let theirs = {};
  for (let seconds = SLICE; seconds <= 60 * minutes; seconds += SLICE) {
    await ours.advance(seconds);
    theirs = await peer.ask(`train ${seconds}`);
    if (seconds % 60 !== 0) continue;
    scores.ours.push(await ours.scores(seconds));
    await peer.ask(`embed ${files[3]}`);
    const x = lab.decodeNpy(readFileSync(files[3]), files[3]);
    scores.peer.push(scoresOf(lab, lab.pairDistances(x, held.pairs.first, held.pairs.second), held.pairs));
  }
  peer.stop();
  const { versions, threads } = peer.hello;
  const { identities, images } = settings.batch;
  const rates = { ours: ours.rate(), peer: (theirs.steps * identities * images) / theirs.seconds };
  return { scores, rates, finished: ours.finished(), versions, threads };
}

/** All seeds; `kept` holds those that an earlier run finished. */
export async function run({ lab, startPeer, kept, say }) {
  const minutes = wholeNumber("FACENET_LAB_BENCH_MINUTES", 10);
  const count = wholeNumber("FACENET_LAB_BENCH_SEEDS", 3);
  const sides = new Map();
  for (const { lbp, template } of PARTS) {
    const align = lbp ? lab.LBP_ALIGNMENT : { template };
    sides.set(template ?? "lbp", await lab.prepare({ data: "lfw", protocol: "view1", align }));
  }
  const prepared = sides.get(TEMPLATE);
  const { crops, report } = prepared.train;
  const spec = lab.laptopNet({ inputSize: report.settings.size });
  const settings = lab.settingsFor(prepared.opened, {
    objective: { name: "supervised-contrastive", temperature: 0.06 },
    augmentation: "faces",
    budget: { seconds: 60 * minutes },
  });
  const held = heldOut(prepared);
  const parts = kept({ spec, settings, images: crops.names.length, parts: PARTS });
  const folder = mkdtempSync(join(tmpdir(), "facenet-lab-bench-"));
  const files = ["train.bin", "labels.bin", "test.bin", "embeddings.npy"].map((name) => join(folder, name));
  [crops.data, crops.labels, held.pixels].forEach((bytes, i) => {
    writeFileSync(files[i], bytes);
  });
  const seeds = [];
  try {
    for (let seed = 1; seed <= count; seed++) {
      const known = parts.get(seed);
      say(
        `seed ${seed} of ${count}: ${known ? "kept from an earlier run" : `${minutes} minutes for each side`}`,
      );
      const seeded = { ...settings, seed };
      const done =
        known ?? (await runSeed({ lab, startPeer, sides, held, spec, settings: seeded, minutes, files }));
      parts.set(seed, done);
      seeds.push(done);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return reportOf(lab, seeds, minutes, { crops, pairs: held.pairs, settings });
}

function reportOf(lab, seeds, minutes, { crops, pairs, settings }) {
  const marks = Array.from({ length: minutes }, (_, i) => i + 1);
  /** For each mark the values of the seeds. */
  const series = (side, score) => marks.map((_, m) => seeds.map(({ scores }) => scores[side][m][score]));
  const deficits = (side, m) => series(side, "auc")[m].map((auc) => 1 - auc);
  const cell = (values, digits) => {
    const [mean, least, most] = [
      values.reduce((a, b) => a + b) / values.length,
      Math.min(...values),
      Math.max(...values),
    ].map((value) => value.toFixed(digits));
    return `${mean} (${least} to ${most})`;
  };
  const panel = (score, name) => ({
    score: name,
    series: Object.keys(SIDES).map((side) => ({ name: SIDES[side], values: series(side, score) })),
  });
  const speed = Object.keys(SIDES)
    .map(
      (side) =>
        `${SIDES[side]} ${cell(
          seeds.map(({ rates }) => rates[side]),
          0,
        )}`,
    )
    .join(", ");
  const finished = PARTS.map(({ lbp, template }, i) => {
    const minutesOf = ({ finished: at }) => (i === 0 ? minutes * PARTS[0].share : at[i] / 60);
    const done = i === 0 || seeds.every(({ finished: at }) => i < at.length);
    return `${lbp ? "high-dim-lbp with joint-bayesian" : `a net on ${template}`} ${done ? cell(seeds.map(minutesOf), 1) : "not done"}`;
  });
  return {
    method: `${seeds.length} seed(s), both sides in alternating slices of ${SLICE} s of training; ratios are taken within a seed, medians over seeds`,
    ratios: marks.map((minute, m) => ({
      name: `auc-deficit-minute-${minute}-to-torch`,
      of: deficits("ours", m),
      to: deficits("peer", m),
      meaning: `1 − AUC after ${minute} min of training: ours to the PyTorch script's (below 1: ours is better)`,
    })),
    times: {},
    tables: [
      {
        columns: [
          "minutes",
          ...Object.values(SIDES).flatMap((name) => [`AUC, ${name}`, `accuracy, ${name}`]),
        ],
        rows: marks.map((minute, m) => [
          minute,
          ...Object.keys(SIDES).flatMap((side) =>
            ["auc", "accuracy"].map((score) => cell(series(side, score)[m], 3)),
          ),
        ]),
      },
    ],
    figure: lab.timeToAccuracyFigure({
      title: "LFW View 1: what minutes of training buy on one machine",
      minutes: marks,
      panels: [panel("auc", "AUC, test pairs"), panel("accuracy", "accuracy, test pairs")],
    }),
    notes: [
      `Mean (worst to best seed). Both train the laptop net on ${crops.names.length} images and are tested on the same ${pairs.same.length} pairs, flip-averaged; accuracy with the threshold of the other nine of ten folds. The script's crops are those of our first net.`,
      `Ours, in the order of training, with the minutes at which each is done: ${finished.join("; ")}. Those that are done judge together (\`addedDistances\`), the first net alone from its first step. Nets: ${settings.objective.name}, temperature ${settings.objective.temperature} (${settings.batch.identities} × ${settings.batch.images} images, ${settings.optimizer} ${settings.rate}, augmentation ${settings.augmentation}).`,
      `The script: one net, random semi-hard negatives, AdamW 2e-3, flip, shift, rotation, zoom, light and colour (bench/timeToAccuracy.py), eager, channels-last, ${seeds[0].threads} threads.`,
      `Images in a second of a net's training: ${speed}. Learning rates fall along a half cosine to the end of a net's time: points before the end are points of that run, not results of a shorter one.`,
    ],
    versions: seeds[0].versions,
  };
}
