// npm run setup:ray: Ray in a Python environment of its own under .setup/ray, for work with --on and "facenet-lab ray", and gloo for --reduce gloo. Nothing else needs it.
// Of xoscar only the binding of gloo is used (20 MB): what the rest of it asks for would be larger than Ray, and PyTorch, which has gloo too, far larger still.
import { join } from "node:path";
import { prepareEnvironment } from "./python.mjs";
import { alone, main, root, say } from "./steps.mjs";

await main(async () => {
  const [ray, gloo] = ["ray", "gloo"].map((name) => join(root, "setup", `requirements-${name}.lock`));
  const python = await alone(() => prepareEnvironment("ray", ray, gloo));
  say(`Ray is installed for ${python}`);
});
