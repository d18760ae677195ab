import assert from "node:assert/strict";
import test from "node:test";
import { laptopNet } from "../../lib/nets/laptopNets";
import { defaultSettings } from "../../lib/train/settings";
import { Trainer } from "../../lib/train/trainer";
import { trainThrough } from "../../lib/walk/trainThrough";
import { patternCrops } from "../train/fixtures";

/** Batches of six images; with this margin no triplet has a loss, so that the run is idle from its first window, at step 20. */
function idleRun(): Trainer {
  const spec = laptopNet({ inputSize: 16, channels: 1, embedding: 16, widths: [4, 4, 8, 8] });
  return new Trainer(spec, patternCrops(6, 4), {
    ...defaultSettings,
    budget: { steps: 24 },
    batch: { sampler: "identities", identities: 3, images: 2 },
    objective: { name: "triplet", margin: 1e-7 },
  });
}

async function withRun(body: (run: Trainer) => Promise<void>): Promise<void> {
  const run = idleRun();
  try {
    await body(run);
  } finally {
    run.dispose();
  }
}

test("trainThrough() notes a trouble once under the run's name, and stops when it is hopeless unless it shall go on", () =>
  withRun(async (run) => {
    const notes: string[] = [];
    const options = {
      name: "first",
      patience: 2,
      kept: "runs",
      note: (line: string) => notes.push(line),
    } as const;
    await assert.rejects(
      trainThrough(run, options),
      /^LabError: first: Stopped at step 22, going on is hopeless: idle since step 20\. .* Finished runs are kept; --resume --go-on/,
    );
    assert.deepEqual(
      notes.map((line) => line.slice(0, 26)),
      ["first: idle since step 20."],
    );
    await trainThrough(run, { ...options, goOn: true });
    assert.equal(run.steps, 24);
  }));

test("trainThrough() names the run whose numbers stop being finite, and says what is kept when it is stopped", () =>
  withRun(async (run) => {
    const stop = new AbortController();
    const [name, kept] = ["second", "seeds"] as const;
    await assert.rejects(
      trainThrough(run, { name, kept, signal: stop.signal, progress: () => stop.abort() }),
      /^Interrupted: Stopped: finished seeds are kept, --resume goes on with the others/,
    );
    const poison = (): void => {
      const [{ variable }] = run.net.weights.filter((weight) => weight.trained);
      variable.assign(variable.mul(Number.NaN));
    };
    await assert.rejects(
      trainThrough(run, { name, kept, progress: poison }),
      /^LabError: second: Cannot go on training: .* at step 3 /,
    );
  }));
