import { LabError } from "../../core/errors";
import { PROTOCOL } from "../../worker/protocol";
import { serveStandardStreams } from "../../worker/standardStreams";
import type { Command } from "../command";

export const workerCommand: Command = {
  name: "worker",
  summary: "answer framed requests on standard input, for programs: what --workers starts",
  options: {},
  examples: ["facenet-lab worker < requests.frames > answers.frames"],
  run: async ({ signal }) => {
    // What a worker holds is somebody else's to save.
    signal.addEventListener("abort", () => process.exit(130));
    const { answered, refused, broken } = await serveStandardStreams();
    if (broken !== undefined) throw new LabError(broken);
    const json = { protocol: PROTOCOL, answered, refused };
    return { json, text: `${answered} requests answered, ${refused} refused` };
  },
};
