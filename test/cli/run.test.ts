import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { type Command, type CommandContext, commandLine } from "../../lib/cli/command";
import { commands } from "../../lib/cli/commands";
import { slug } from "../../lib/cli/shared";
import { createProgressPrinter } from "../../lib/cli/terminal";
import { encodeCsv } from "../../lib/core/csv";
import { Interrupted, LabError } from "../../lib/core/errors";
import { packageRoot } from "../../lib/core/folders";
import { encodeNpy } from "../../lib/core/npy";
import { clusteredEmbeddings } from "../evaluate/embeddings";
import { inFolder } from "../inFolder";
import { randomModel } from "../jobs/fixtures";
import { inWorkplace, writePatterns } from "../walk/fixtures";
import { quickTraining, runCli } from "./runCli";

/** A command that ends as `work` does. */
const ending = (work: () => void): Command => ({
  name: "end",
  summary: "ends",
  options: {},
  examples: ["facenet-lab end"],
  run: async (context) => {
    context.progress({ stage: "work", done: 1, total: 2 });
    work();
    return { json: { done: true }, text: "done" };
  },
});

const failing = (error: Error): Command =>
  ending(() => {
    throw error;
  });

test("runCommandLine() shows the help of every command, with examples and every option", async () => {
  for (const command of commands) {
    const { code, out, err } = await runCli([command.name, "--help"]);
    assert.deepEqual([code, err], [0, ""], command.name);
    for (const example of command.examples) assert.ok(out.includes(example), example);
    for (const option of Object.keys(command.options)) assert.match(out, new RegExp(`--${option}\\b`));
    for (const option of ["json", "quiet", "debug"]) assert.ok(out.includes(`--${option}`));
  }
});

test("walk --help says where the run folder lies when none is named", async () => {
  assert.match(
    (await runCli(["walk", "--help"])).out,
    /--out DIR .*left out: a folder in runs\/ of this package/,
  );
});

test("runCommandLine() without a command is wrong use, help is not", async () => {
  assert.equal((await runCli([])).code, 2);
  const { code, out } = await runCli(["--help"]);
  assert.equal(code, 0);
  for (const { name } of commands) assert.match(out, new RegExp(`^  ${name} `, "m"));
});

test("runCommandLine() --version names the package's version", async () => {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as {
    version: string;
  };
  assert.deepEqual(await runCli(["--version"]), { code: 0, out: `facenet-lab ${version}\n`, err: "" });
});

test("runCommandLine() answers wrong use with 2 and one line that names the value", async () => {
  const table = ["--embeddings", "none.npy", "--labels", "none.csv"];
  const two = ["contamination", "--data", "none", "--against", "none"];
  const cases: [string[], RegExp][] = [
    [["wlak"], /Cannot run "wlak": the commands are walk, /],
    [["walk", "--stepz", "3"], /--stepz/],
    [["walk", "--steps", "0"], /--steps: it must be an integer of at least 1, current value is 0/],
    [["walk", "--steps", "2.5"], /current value is 2\.5/],
    [["walk", "--minutes", "NaN"], /it must be a number of .*current value is NaN/],
    [["walk", "--minutes", ""], /--minutes/],
    [["walk", "--seed", "1e99"], /--seed: it must be an integer/],
    [["walk", "--mode", "sideways"], /must be one of none, .*current value is sideways/],
    [["walk", "--steps", "5", "--minutes", "1"], /Cannot use --minutes and --steps together/],
    [
      ["walk", "--sampler", "pairs", "--images", "4"],
      /Cannot use --images with the sampler pairs: it takes --pairs/,
    ],
    [["walk", "--loss", "softmax", "--margin", "1"], /train with softmax: its options are reduction/],
    [["walk", "--loss", "arcface", "--margin", "9"], /margin must lie in \[0, 1\.5\], current value is 9/],
    [["walk", "--net", "NN2", "--embedding", "1"], /--embedding: .* current value is 1/],
    [["walk", "--size", "50"], /must be a positive multiple of 16, current value is 50/],
    [["walk", "stray"], /Cannot use the argument "stray": this command takes options only$/],
    [
      ["data", "mine", "yours"],
      /argument "yours": this command takes at most 1 argument beside its options$/,
    ],
    [["walk", "--out", ""], /--out: a value is needed/],
    [["train"], /--out is needed: the run folder/],
    [["evaluate"], /Give either --model or --embeddings/],
    [["evaluate", ...table, "--protocol", "auto"], /Cannot use --protocol with --embeddings: it says what/],
    [["calibrate", ...table, "--out", "c.json", "--size", "64"], /Cannot use --size with --embeddings/],
    [["cluster", ...table, "--detect-always"], /Cannot use --detect-always with --embeddings/],
    [["identify", ...table, "--mode", "none"], /Cannot use --mode with --embeddings/],
    [["evaluate", ...table, "--template", "close-112"], /Cannot use --template with --embeddings/],
    [["evaluate", ...table, "--data", "none"], /Cannot use --data with --embeddings/],
    [["identify", ...table, "--data", "none"], /Cannot use --data with --embeddings/],
    [
      ["evaluate", "--model", "none", "--normalize"],
      /Cannot use --normalize with --model: its rows lie on the unit sphere already/,
    ],
    [["data", "mine", "--out", "x"], /Cannot use --out without lfw: nothing else is downloaded/],
    [[...two, "--protocol", "auto"], /Cannot use --protocol with --against: two sets have no sides/],
    [[...two, "--seed", "1"], /Cannot use --seed with --against/],
    [["contamination", "--data", "none", "--distance", "0.015"], /Cannot use --distance without --model/],
    [
      ["explore", ...table, "--out", "x.html", "--image-column", "picture"],
      /Cannot use --image-column without --images: it says which/,
    ],
  ];
  for (const [args, message] of cases) {
    const { code, out, err } = await runCli(args);
    assert.deepEqual([code, out], [2, ""], args.join(" "));
    assert.match(err.split("\n")[0], message);
    assert.ok(!/\n\s+at /.test(err), "no stack");
  }
});

test("runCommandLine() asks about --data where a stray argument is a folder and the command has that option", () =>
  inFolder(async (folder) => {
    const first = async (...args: string[]) => (await runCli(args)).err.split("\n")[0];
    const [file, spaced] = [join(folder, "file"), join(folder, "my photos")];
    writeFileSync(file, "");
    mkdirSync(spaced);
    const refused = "this command takes options only";
    assert.ok((await first("walk", folder)).endsWith(`: ${refused}; did you mean --data ${folder}?`));
    assert.ok((await first("walk", spaced)).endsWith(`: ${refused}; did you mean --data "${spaced}"?`));
    for (const args of [
      ["walk", file],
      ["walk", "x".repeat(5000)],
      ["walk", "--data", "mine", folder],
      ["doctor", folder],
    ])
      assert.ok((await first(...args)).endsWith(refused), args.join(" "));
  }));

test("runCommandLine() points to the help of a command that there is, else to that of all", async () => {
  const help = async (...args: string[]) => (await runCli(args)).err.split("\n")[1];
  assert.equal(await help("walk", "stray"), "See: facenet-lab walk --help");
  assert.equal(await help("ray", "up", "--nodez"), "See: facenet-lab ray up --help");
  assert.equal(await help("wlak", "--minutes", "5"), "See: facenet-lab --help");
});

test("runCommandLine() tells failures apart by exit code, and shows a stack only with --debug", async () => {
  assert.equal((await runCli(["end"], [failing(new Interrupted("Stopped: x"))])).code, 130);
  const known = await runCli(["end"], [failing(new LabError("Cannot read x"))]);
  assert.deepEqual([known.code, known.out], [1, ""]);
  assert.match(known.err, /facenet-lab: Cannot read x\n$/);
  const unforeseen = await runCli(["end"], [failing(new TypeError("y is not a function"))]);
  assert.equal(unforeseen.code, 1);
  assert.match(unforeseen.err, /not foreseen; run it again with --debug/);
  assert.match((await runCli(["end", "--debug"], [failing(new Error("z"))])).err, /\n\s+at /);
});

test("runCommandLine() keeps standard output for one JSON object with --json, also on errors", async () => {
  const good = await runCli(["end", "--json"], [ending(() => undefined)]);
  assert.deepEqual(JSON.parse(good.out), { done: true });
  assert.match(good.err, /work/);
  assert.equal((await runCli(["end", "--json", "--quiet"], [ending(() => undefined)])).err, "");
  const bad = await runCli(["end", "--json"], [failing(new LabError("Cannot"))]);
  assert.deepEqual(JSON.parse(bad.out), { error: "Cannot", exitCode: 1 });
});

test("the program exits with the command's code and prints pure JSON", () => {
  const main = join(packageRoot(), "dist", "lib", "cli", "main.js");
  const spawn = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
  const doctor = spawn("doctor", "--json");
  assert.equal(doctor.status, 0);
  assert.deepEqual(Object.keys(JSON.parse(doctor.stdout)).sort(), [
    "data",
    "engine",
    "gpu",
    "kernel",
    "node",
    "python",
  ]);
  assert.equal(spawn("nothing").status, 2);
  const missing = spawn("data", "/no/such/folder", "--json");
  assert.equal(missing.status, 1);
  assert.equal(JSON.parse(missing.stdout).exitCode, 1);
  assert.equal(missing.stderr.trim().split("\n").length, 1);
});

test("the program ends at the first Ctrl-C where a command computes without a pause, and asks the others to stop", () =>
  inFolder(async (folder) => {
    const main = join(packageRoot(), "dist", "lib", "cli", "main.js");
    /** How a command ends that gets SIGINT when it first says how far a stage is. */
    const interruptedIn = (
      stage: string,
      ...args: string[]
    ): Promise<[number | null, NodeJS.Signals | null]> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "ignore", "pipe"] });
        let told = "";
        child.stderr.on("data", (chunk) => {
          const before = told !== "" && told.includes(stage);
          told += String(chunk);
          if (!before && told.includes(stage)) child.kill("SIGINT");
        });
        child.on("close", (code, signal) => resolve([code, signal]));
      });
    const interrupted = (...args: string[]) => interruptedIn("", ...args);
    const [npy, csv, people] = ["E.npy", "L.csv", "people"].map((name) => join(folder, name));
    const { x, labels } = clusteredEmbeddings(1, 20_000, 1000);
    writeFileSync(npy, encodeNpy(x));
    writeFileSync(csv, encodeCsv([["identity"], ...Array.from(labels, (label) => [`p${label}`])]));
    const page = join(folder, "page.html");
    assert.deepEqual(await interrupted("evaluate", "--embeddings", npy, "--labels", csv, "--html", page), [
      null,
      "SIGINT",
    ]);
    assert.equal(existsSync(page), false);
    assert.deepEqual(await interrupted("generate", "--out", people, "--identities", "500"), [130, null]);
    // Opening and embedding can be stopped, what follows has no pause.
    const model = join(folder, "model");
    randomModel(model);
    const identities = Array.from({ length: 100 }, (_, i) => `p${i}`);
    const data = await writePatterns(join(folder, "data"), { identities, images: 8 });
    const tested = ["evaluate", "--model", model, "--data", data];
    assert.deepEqual(await interruptedIn("align", ...tested), [130, null]);
    assert.deepEqual(await interruptedIn("evaluate", ...tested), [null, "SIGINT"]);
  }));

test("createProgressPrinter() rewrites one line on a terminal and prints a line now and then elsewhere", () => {
  for (const terminal of [true, false]) {
    let written = "";
    let time = 0;
    const printer = createProgressPrinter({
      write: (text) => {
        written += text;
      },
      terminal,
      now: () => time,
      columns: 60,
    });
    for (let done = 0; done <= 100; done++) {
      printer.report({ stage: "train", done, total: 100, detail: "a long detail ".repeat(9) });
      time += 500;
    }
    printer.finish();
    const lines = written.split("\n").filter(Boolean);
    if (terminal) {
      assert.equal(lines.length, 1);
      assert.ok(written.split("\r\u001b[K").every((line) => line.trimEnd().length < 60));
    } else assert.deepEqual([lines.length > 2, lines.length < 8], [true, true], `${lines.length} lines`);
    assert.match(written, / left/);
    assert.match(written, /100 %/);
  }
});

test("slug() makes a plain folder name of anything", () => {
  assert.equal(slug("/data/My Photos!/"), "my-photos");
  assert.equal(slug("../../<img onerror=x>"), "img-onerror-x");
  assert.equal(slug("名前"), "data");
  assert.ok(slug("x".repeat(500)).length <= 40);
});

test("commandLine() is what a reader types to get the same again", () => {
  const given = new Map<string, unknown>([
    ["data", "my faces"],
    ["steps", 500],
    ["seed", 1],
    ["turns", true],
    ["template", "close-112"],
    ["out", "here"],
    ["resume", true],
  ]);
  const context = {
    text: (name: string) => given.get(name),
    number: (name: string) => given.get(name),
    flag: (name: string) => given.get(name) === true,
    positionals: ["pixels"],
  } as unknown as CommandContext;
  const help = "x";
  const options = {
    data: { kind: "text", help },
    template: { kind: "text", help },
    steps: { kind: "integer", help },
    seed: { kind: "integer", help, default: 1 },
    turns: { kind: "flag", help },
    quick: { kind: "flag", help },
    out: { kind: "text", help },
    resume: { kind: "flag", help },
  } as const;
  assert.equal(
    commandLine(context, { name: "sweep", options }),
    'facenet-lab sweep pixels --data "my faces" --template close-112 --steps 500 --turns',
  );
  assert.equal(
    commandLine(context, { name: "sweep", options }, { data: slug }),
    "facenet-lab sweep pixels --data my-faces --template close-112 --steps 500 --turns",
  );
});

test("train and align name the files that they leave out", () =>
  inWorkplace(async (folder) => {
    const data = await writePatterns(join(folder, "data"));
    writeFileSync(join(data, "Ada", "text.jpg"), "no picture");
    writeFileSync(join(data, "Bo", "phone.heic"), "");
    const trained = await runCli(["train", "--data", data, ...quickTraining, "--out", join(folder, "run")]);
    assert.equal(trained.code, 0, trained.err);
    const crops = ["--mode", "center-crop", "--size", "32", "--out", join(folder, "crops")];
    const aligned = await runCli(["align", "--data", data, ...crops]);
    for (const text of [trained.err, aligned.out]) {
      assert.match(text, /^left out {2}Bo\/phone\.heic: HEIC, which/m);
      assert.match(text, /^left out {2}Ada\/text\.jpg: Cannot read Ada\/text\.jpg/m);
    }
  }));
