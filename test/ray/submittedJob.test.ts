import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { submitJob, submittedJob, submittedJobs } from "../../lib/ray/submittedJob";
import { type Got, type Reply, withFakeServer } from "./fakeServer";

const quick = { token: "t", interval: 0, patience: 0.5 };
const known = { submission_id: "j", entrypoint: "echo", status: "RUNNING", message: null };

/** A server that knows one job and gives its states and texts one after the other, the last again and again. */
function jobOf(states: readonly string[], texts: readonly (string | Reply)[]): (got: Got) => Reply {
  let [state, text] = [0, 0];
  return ({ path }) => {
    if (!path.endsWith("/logs")) {
      return { body: { ...known, status: states[Math.min(state++, states.length - 1)] } };
    }
    const said = texts[Math.min(text++, texts.length - 1)];
    return typeof said === "string" && said !== "drop" ? { body: { logs: said } } : said;
  };
}

test("submitJob() gives the head's shell one line that no word can break out of", () =>
  withFakeServer(
    () => ({ body: { submission_id: "mine" } }),
    async (address, asked) => {
      const words = ["--data", "a b", "it's", "$(touch x)", "`id`", "\\", '"', "", "\n", "--on", "auto"];
      const job = await submitJob({ ...quick, address, command: words, folder: "/opt/lab's", id: "mine" });
      assert.equal(job.id, "mine");
      const { entrypoint, submission_id, metadata } = JSON.parse(asked[0].body) as Record<string, string>;
      assert.equal(submission_id, "mine");
      assert.equal((metadata as unknown as Record<string, string>)["facenet-lab"], words.join(" "));
      assert.match(entrypoint, /^cd '\/opt\/lab'\\''s' && exec "/);
      // Oracle: the shell itself, with a program that prints what it was given.
      const printing = entrypoint
        .replace(/^cd .*? && exec "\$\(.*?\)" /, "")
        .replace(/^/, `"${process.execPath}" -e 'console.log(JSON.stringify(process.argv.slice(1)))' -- `);
      const given = JSON.parse(execFileSync("sh", ["-c", printing], { encoding: "utf8" })) as string[];
      assert.deepEqual(given, ["dist/lib/cli/main.js", ...words]);
    },
  ));

test("submitJob() asks whether the job is there when the answer was lost, and sends it once", async () => {
  let metadata: object = {};
  const losing = ({ method, body }: Got): Reply => {
    if (method === "GET") return { body: { ...known, metadata } };
    metadata = (JSON.parse(body) as { metadata: object }).metadata;
    return "drop";
  };
  await withFakeServer(losing, async (address, asked) => {
    await submitJob({ ...quick, address, command: ["doctor"], id: "j" });
    assert.deepEqual(
      asked.map(({ method }) => method),
      ["POST", "GET"],
    );
  });
});

test("submitJob() takes nobody else's job of the same id for its own", () =>
  withFakeServer(
    ({ method }) =>
      method === "GET"
        ? { body: { ...known, metadata: {} } }
        : { status: 500, body: "ValueError: j already exists" },
    async (address) => {
      await assert.rejects(
        submitJob({ ...quick, address, command: ["doctor"], id: "j" }),
        /status 500: ValueError: j already exists/,
      );
    },
  ));

test("submitJob() refuses an empty command, a bad id and a word that no shell can take", async () => {
  const address = "http://127.0.0.1:1";
  await assert.rejects(submitJob({ address, command: [] }), /a command is needed, current value is none/);
  await assert.rejects(
    submitJob({ address, command: ["x"], id: "a/b" }),
    /its id must be .* current value is a\/b/,
  );
  await assert.rejects(submitJob({ address, command: ["x\0"] }), /null character/);
  await assert.rejects(submitJob({ address, command: ["x"], interval: -1 }), {
    name: "RangeError",
    message: /the interval must be in \[0, 86400\] seconds, current value is -1/,
  });
});

test("SubmittedJob.lines() gives every line once, also through trouble of the server, and the last without its line feed", () =>
  withFakeServer(
    jobOf(
      ["PENDING", "RUNNING", "RUNNING", "RUNNING", "FAILED"],
      [
        "",
        "one\ntw",
        { status: 500, body: "UnicodeDecodeError" },
        "drop",
        { body: "{" },
        "one\ntwo\n",
        "one\ntwo\nthree\nfo",
        "one\ntwo\nthree\nfour",
      ],
    ),
    async (address) => {
      const lines: string[] = [];
      for await (const line of submittedJob("j", { ...quick, address }).lines()) lines.push(line);
      assert.deepEqual(lines, ["one", "two", "three", "four"]);
    },
  ));

test("SubmittedJob.lines() gives up when the server stays away, and says why", () =>
  withFakeServer(
    ({ path }) => (path.endsWith("/logs") ? "drop" : { body: known }),
    async (address) => {
      const job = submittedJob("j", { ...quick, patience: 0.1, address });
      await assert.rejects(job.lines().next(), { name: "JobServerTrouble", message: /socket hang up/ });
    },
  ));

test("SubmittedJob.lines() ends with Interrupted when its signal is aborted, and leaves the job alone", () =>
  withFakeServer(jobOf(["RUNNING"], ["one\n"]), async (address, asked) => {
    const stop = new AbortController();
    const lines = submittedJob("j", { ...quick, interval: 5, address }).lines(stop.signal);
    assert.equal((await lines.next()).value, "one");
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(lines.next(), { name: "Interrupted", message: /the job j, which runs on/ });
    assert.ok(asked.every(({ method }) => method === "GET"));
  }));

test("SubmittedJob.stop() waits for the end that the cluster gives the job", () => {
  const states = ["RUNNING", "RUNNING", "STOPPED"];
  return withFakeServer(
    ({ method }) =>
      method === "POST"
        ? { body: { stopped: true } }
        : { body: { ...known, status: states.shift() ?? "STOPPED" } },
    async (address, asked) => {
      const status = await submittedJob("j", { ...quick, address }).stop();
      assert.equal(status.state, "STOPPED");
      assert.deepEqual([asked[0].method, asked[0].path], ["POST", "/api/jobs/j/stop"]);
      assert.equal(asked.length, 4);
    },
  );
});

test("submittedJobs() lists what was submitted, the newest first, without programs that only joined", () =>
  withFakeServer(
    () => ({
      body: [
        {
          ...known,
          submission_id: "old",
          start_time: 1,
          end_time: 5,
          status: "SUCCEEDED",
          driver_exit_code: 0,
        },
        { type: "DRIVER", job_id: "01000000", submission_id: null, status: "RUNNING", entrypoint: "" },
        { ...known, submission_id: "new", start_time: 2, metadata: { "facenet-lab": "doctor" } },
      ],
    }),
    async (address) => {
      assert.deepEqual(await submittedJobs({ ...quick, address }), [
        { id: "new", state: "RUNNING", command: "doctor", message: "", started: 2 },
        { id: "old", state: "SUCCEEDED", command: "echo", message: "", exitCode: 0, started: 1, ended: 5 },
      ]);
    },
  ));
