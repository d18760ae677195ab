import { diagnose, diagnosisText } from "../../engine/doctor";
import type { Command } from "../command";

export const doctorCommand: Command = {
  name: "doctor",
  summary: "say what was found: engine, GPU, Node, Python, notebook kernel, data folders",
  options: {},
  examples: ["facenet-lab doctor", "facenet-lab doctor --json"],
  run: async () => {
    const diagnosis = await diagnose();
    return { json: diagnosis, text: diagnosisText(diagnosis), ok: diagnosis.engine.loaded };
  },
};
