import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "../../lib/core/random";
import { buildNet } from "../../lib/nets/build";
import { laptopNet } from "../../lib/nets/laptopNets";
import { loadModel, type Model, saveModel } from "../../lib/train/modelFolder";
import { defaultSettings } from "../../lib/train/settings";
import type { TrainerState, TrainingRun } from "../../lib/train/trainer";

/** A model with random weights, for crops of 16×16 in colour. */
export function randomModel(folder: string): Model {
  const net = buildNet(
    laptopNet({ inputSize: 16, channels: 3, embedding: 8, widths: [2, 3, 4, 5] }),
    createRandom(3),
  );
  saveModel(folder, net, {
    input: { margin: 1, alignment: "center-crop", template: "none" },
    mirrorAverage: true,
    training: {
      data: "none",
      identities: 0,
      images: 0,
      steps: 0,
      seconds: 0,
      settings: defaultSettings,
      troubles: [],
    },
    threshold: null,
    versions: {},
  });
  net.dispose();
  return loadModel(folder);
}

/** Names and bytes of all files of a folder. */
export function filesOf(folder: string): [string, string][] {
  return readdirSync(folder)
    .sort()
    .map((name) => [name, readFileSync(join(folder, name)).toString("base64")]);
}

/** What of a training run must not depend on where it was computed: everything but its times. */
export async function comparable(run: TrainingRun): Promise<unknown> {
  const { seconds: _, history, ...state }: TrainerState = await run.state();
  const { seconds: __, ...columns } = history.steps;
  return { ...state, columns };
}
