// npm run bench -- [names]: runs bench/NAME.mjs (all of them without a name), prints "ratio NAME value" lines and writes
// data/results/bench-NAME.json and .md, a figure where there is one, and the README's table. Peers written in Python get an environment of their own under .setup/peers, made when it is first needed;
// FACENET_LAB_PEERS names the Python of an existing one instead. Nothing else needs it.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { setUp } from "./all.mjs";
import { writeBenchTable } from "./benchTable.mjs";
import { prepareEnvironment } from "./python.mjs";
import { digest, main, root, SetupError, say, textOf } from "./steps.mjs";

const ROUNDS = 5;
const folder = join(root, "bench");
const require = createRequire(import.meta.url);

/** A Python script that was started with `args`: its first line is `hello`; `ask(line)` sends a line and gives the answer. `python` is that of the peers unless given, `variables` are added to its environment. */
async function startPeer(script, args, { python: given, variables = {} } = {}) {
  const python =
    given ??
    process.env.FACENET_LAB_PEERS ??
    (await prepareEnvironment("peers", join(folder, "requirements.txt")));
  const env = { ...process.env, ...variables };
  const child = spawn(python, [join(folder, script), ...args], { env, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new SetupError(`The peer ${script} ended without an answer (${python}).`);
    return JSON.parse(value);
  };
  const hello = await answer();
  const ask = (line = "") => {
    child.stdin.write(`${line}\n`);
    return answer();
  };
  return { hello, ask, stop: () => child.stdin.end() };
}

async function seconds(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median and range over the rounds. Ratios are taken within each round, so that a busy machine slows both sides alike. */
function summary(values) {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

const RESULTS = join(root, "data", "results");

/** The compiled code that decides what a training run makes. */
const TRAINING = ["backends", "engine", "lbp", "losses", "miners", "nets", "samplers", "train"];

/**
 * Finished parts of a benchmark that takes long. They are found again as long as `facts`, the training code and the peer's script are the same, until `clear`.
 */
function keeperOf(name) {
  const path = join(RESULTS, "local", `bench-${name}.json`);
  const kept = (facts) => {
    const code = TRAINING.flatMap((part) => {
      const compiled = join(root, "dist", "lib", part);
      return readdirSync(compiled)
        .filter((file) => file.endsWith(".js"))
        .map((file) => readFileSync(join(compiled, file)));
    });
    const key = digest(JSON.stringify(facts), ...code, textOf(join(folder, `${name}.py`)));
    const saved = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
    const parts = saved.key === key ? saved.parts : {};
    return {
      get: (part) => parts[part],
      set: (part, value) => {
        parts[part] = value;
        mkdirSync(join(RESULTS, "local"), { recursive: true });
        writeFileSync(path, JSON.stringify({ key, parts }));
      },
    };
  };
  return { kept, clear: () => rmSync(path, { force: true }) };
}

function table({ columns, rows }) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line), ""];
}

function markdown(
  { title, command, date, machine, versions, method, ratios, seconds: times, tables, notes },
  figure,
) {
  const digits = (value) => value.toPrecision(3);
  const cells = ({ median: m, least, most }) => [digits(m), `${digits(least)} to ${digits(most)}`];
  const used = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const timed = Object.entries(times).map(([name, value]) => [name, ...cells(value)]);
  return [
    `# ${title}`,
    "",
    `\`${command}\`, ${date}, ${machine}; ${used.join(", ")}. ${method}.`,
    "",
    ...(figure ? [`![${figure.alt}](${figure.file})`, ""] : []),
    ...table({
      columns: ["ratio", "median", "range", "what to what"],
      rows: ratios.map((ratio) => [ratio.name, ...cells(ratio), ratio.meaning]),
    }),
    ...(timed.length > 0 ? table({ columns: ["time", "median, s", "range, s"], rows: timed }) : []),
    ...tables.flatMap(table),
    ...notes,
    "",
  ].join("\n");
}

async function bench(name, lab) {
  const { title, run, missing } = await import(join(folder, `${name}.mjs`));
  const why = missing?.();
  if (why) {
    say(`benchmark ${name} is skipped: ${why}`);
    return;
  }
  say(`benchmark ${name}: ${title}`);
  const { kept, clear } = keeperOf(name);
  const result = await run({ lab, rounds: ROUNDS, startPeer, seconds, kept, say });
  const { tables = [], figure } = result;
  const report = {
    title,
    command: `npm run bench -- ${name}`,
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0].model}, load average ${loadavg()[1].toFixed(1)} (5 minutes)`,
    versions: {
      ...require(join(root, "dist", "lib", "walk", "versions.js")).versionsInUse(),
      ...result.versions,
    },
    method: result.method ?? `Medians of ${ROUNDS} alternating rounds; ratios are taken within a round`,
    ratios: result.ratios.map(({ name: ratio, meaning, of, to }) => ({
      name: ratio,
      meaning,
      ...summary(of.map((value, round) => value / to[round])),
    })),
    seconds: Object.fromEntries(
      Object.entries(result.times).map(([what, values]) => [what, summary(values)]),
    ),
    tables,
    notes: result.notes,
  };
  for (const ratio of report.ratios) console.log(`ratio ${ratio.name} ${ratio.median.toPrecision(4)}`);
  const path = join(RESULTS, `bench-${name}`);
  if (figure) writeFileSync(`${path}.svg`, lab.figureSvg(figure));
  writeFileSync(`${path}.json`, `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(`${path}.md`, markdown(report, figure && { alt: figure.alt, file: `bench-${name}.svg` }));
  clear();
}

/** Runs the named benchmarks, or all. */
export async function benchmarks(names) {
  const all = readdirSync(folder)
    .filter((file) => file.endsWith(".mjs"))
    .map((file) => file.slice(0, -4));
  const unknown = names.find((name) => !all.includes(name));
  if (unknown) throw new SetupError(`There is no benchmark "${unknown}": choose from ${all.join(", ")}.`);
  const lab = require(join(root, "dist", "lib", "index.js"));
  for (const name of names.length > 0 ? names : all) {
    await bench(name, lab);
    writeBenchTable();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    await setUp();
    await benchmarks(process.argv.slice(2));
  });
}
