// npm run setup:ray: Ray in a Python environment of its own under .setup/ray, for work with --on and "facenet-lab ray". Nothing else needs it.
import { join } from "node:path";
import { prepareEnvironment } from "./python.mjs";
import { alone, main, root, say } from "./steps.mjs";

await main(async () => {
  const python = await alone(() => prepareEnvironment("ray", join(root, "setup", "requirements-ray.lock")));
  say(`Ray is installed for ${python}`);
});
