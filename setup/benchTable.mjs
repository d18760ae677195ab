// The performance table of the README, made of the stored measurements (data/results/bench-*.json). "node setup/benchTable.mjs" writes it anew; so does every benchmark.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./steps.mjs";

const TUNED = "PyTorch, compiled, glibc told to keep memory";
/** What is shown: benchmark, its ratio, words for both sides. */
const ROWS = [
  ...["48", "64", "96"].flatMap((size) => [
    [
      "trainStep",
      `train-step-laptop-${size}-to-torch-eager`,
      `training step, laptop net, 128 images of ${size}×${size}`,
      "PyTorch, eager",
    ],
    ["trainStep", `train-step-laptop-${size}-to-torch-compiled`, "the same", "PyTorch, compiled"],
    ["trainStep", `train-step-laptop-${size}-to-torch-compiled-tuned`, "the same", TUNED],
  ]),
  [
    "trainStep",
    "train-step-nn4-bn-to-torch-eager",
    "training step, NN4 with batch norm, 32 images of 96×96",
    "PyTorch, eager",
  ],
  ["trainStep", "train-step-nn4-bn-to-torch-compiled", "the same", "PyTorch, compiled"],
  ["trainStep", "train-step-nn4-bn-to-torch-compiled-tuned", "the same", TUNED],
  [
    "timeToAccuracy",
    "auc-deficit-minute-10-to-torch",
    "1 − AUC on LFW View 1 after 10 minutes of training: two nets and local binary patterns",
    "a plain PyTorch script, one net",
  ],
  [
    "mining",
    "mining-to-pytorch-metric-learning",
    "mining the paper's batch of 1,800",
    "pytorch-metric-learning, all semi-hard triplets",
  ],
  ["extract", "extract-to-torch-opencv", "image files to embeddings", "OpenCV and PyTorch"],
  ["allPairs", "all-pairs-to-numpy", "VAL over all pairs of 13,233", "NumPy, blocked, same FARs"],
  ["allPairs", "all-pairs-to-sklearn", "the same", "scikit-learn, whole ROC"],
  ["knn", "knn-10-to-faiss", "10 nearest of 100,000, exact", "faiss"],
  ["knn", "knn-10-to-sklearn", "the same", "scikit-learn"],
  ["umapLayout", "umap-to-umap-learn", "UMAP of 13,233", "umap-learn, warm"],
  ["start", "import-to-torch", "import of the package", "import torch"],
  ["start", "first-embedding-to-torch", "start to first embedding", "PyTorch"],
];
/** Versions that a reader has to know to compare. */
const PEERS = [
  "torch",
  "numpy",
  "scikit-learn",
  "faiss-cpu",
  "umap-learn",
  "pytorch-metric-learning",
  "opencv",
];

const START = "<!-- measured: npm run bench -->";
const END = "<!-- end of measured -->";

function reportOf(name) {
  const path = join(root, "data", "results", `bench-${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/** The table as Markdown; benchmarks and ratios that were not measured are left out. */
function benchTable() {
  const used = [];
  const lines = ROWS.flatMap(([name, wanted, what, peer]) => {
    const report = reportOf(name);
    const ratio = report?.ratios.find((one) => one.name === wanted);
    if (!ratio) return [];
    used.push(report);
    const [median, least, most] = [ratio.median, ratio.least, ratio.most].map((v) => v.toPrecision(2));
    return [
      `| ${what} | ${peer} | ${median} | ${least} to ${most} | [${report.date}](data/results/bench-${name}.md) |`,
    ];
  });
  const all = (values) => [...new Set(values)].join("; ");
  const machines = all(used.map(({ machine }) => machine.replace(/, load average.*/, "")));
  const versions = ["node", "tfjs-node", ...PEERS].flatMap((name) => {
    const found = all(used.flatMap((report) => report.versions[name] ?? []));
    return found === "" ? [] : [`${name} ${found}`];
  });
  return [
    "| what | beside | ratio | range | measured |",
    "|---|---|---|---|---|",
    ...lines,
    "",
    `Machine: ${machines}; ${versions.join(", ")}.`,
  ].join("\n");
}

/** Replaces the table in the README, between its two marks. */
export function writeBenchTable() {
  const path = join(root, "README.md");
  const text = readFileSync(path, "utf8");
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) return;
  writeFileSync(path, `${text.slice(0, start + START.length)}\n${benchTable()}\n${text.slice(end)}`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) writeBenchTable();
