// What minutes of training buy on LFW View 1: `facenet-lab walk --data lfw --template close-112 --loss supervised-contrastive --augmentation faces` beside a plain PyTorch script with
// the triplet loss, on the same crops and the same machine, in alternating slices.
// FACENET_LAB_BENCH_MINUTES (default 10) is the budget of each side, FACENET_LAB_BENCH_SEEDS (default 3) how often; a seed that is finished survives a run that is cut.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const title = "Time to accuracy: LFW View 1, minutes of training";

/** Of the crops of both sides. */
const TEMPLATE = "close-112";
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

function scoresOf(lab, embeddings, pairs) {
  const distances = lab.pairDistances(embeddings, pairs.first, pairs.second);
  const { accuracy, auc } = lab.verification({ ...pairs, distances });
  return { auc, accuracy };
}

/** One seed of both sides in turn: the scores at every full minute, and the steps that fitted in. */
async function runSeed({ lab, startPeer, prepared, held, spec, settings, minutes, files }) {
  const { crops } = prepared.train;
  const trainer = new lab.Trainer(spec, crops, settings);
  const peer = await startPeer("timeToAccuracy.py", [
    JSON.stringify(spec),
    ...files.slice(0, 3),
    String(crops.size),
    String(60 * minutes),
    String(settings.seed),
  ]);
  const scores = { ours: [], peer: [] };
  let theirs = {};
  for (let seconds = SLICE; seconds <= 60 * minutes; seconds += SLICE) {
    while (trainer.seconds < seconds) trainer.step();
    theirs = await peer.ask(`train ${seconds}`);
    if (seconds % 60 !== 0) continue;
    const { rows } = held;
    const embeddings = await lab.embedCrops(trainer.net, prepared.test.crops, { rows, mirrorAverage: true });
    scores.ours.push(scoresOf(lab, embeddings, held.pairs));
    await peer.ask(`embed ${files[3]}`);
    scores.peer.push(scoresOf(lab, lab.decodeNpy(readFileSync(files[3]), files[3]), held.pairs));
  }
  peer.stop();
  const steps = { ours: trainer.steps, peer: theirs.steps };
  trainer.dispose();
  const { versions, threads } = peer.hello;
  return { scores, steps, versions, threads, batch: trainer.sampler.batchSize };
}

/** All seeds; `kept` holds those that an earlier run finished. */
export async function run({ lab, startPeer, kept, say }) {
  const minutes = wholeNumber("FACENET_LAB_BENCH_MINUTES", 10);
  const count = wholeNumber("FACENET_LAB_BENCH_SEEDS", 3);
  const prepared = await lab.prepare({ data: "lfw", protocol: "view1", align: { template: TEMPLATE } });
  const { crops, report } = prepared.train;
  const spec = lab.laptopNet({ inputSize: report.settings.size });
  const settings = lab.settingsFor(prepared.opened, {
    objective: { name: "supervised-contrastive" },
    augmentation: "faces",
    budget: { seconds: 60 * minutes },
  });
  const held = heldOut(prepared);
  const parts = kept({ spec, settings, images: crops.names.length, template: TEMPLATE });
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
        known ?? (await runSeed({ lab, startPeer, prepared, held, spec, settings: seeded, minutes, files }));
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
    .map((side) => {
      const rates = seeds.map(({ steps, batch }) => (steps[side] * batch) / (60 * minutes));
      return `${SIDES[side]} ${cell(rates, 0)}`;
    })
    .join(", ");
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
      `Mean (worst to best seed). Both train the laptop net on the same ${crops.names.length} crops, aligned to the template ${TEMPLATE}, and are tested on the same ${pairs.same.length} pairs, flip-averaged; accuracy with the threshold of the other nine of ten folds.`,
      `Ours: ${settings.objective.name} (${settings.batch.identities} × ${settings.batch.images} images, ${settings.optimizer} ${settings.rate}, augmentation ${settings.augmentation}). The script: random semi-hard negatives, AdamW 2e-3, flip, shift, rotation, zoom, light and colour (bench/timeToAccuracy.py), eager, channels-last, ${seeds[0].threads} threads.`,
      `Images in a second of training: ${speed}. Both learning rates fall along a half cosine to the end of the budget: points before the end are points of that run, not results of a shorter one.`,
    ],
    versions: seeds[0].versions,
  };
}
