// All set-up, in order. Each step is skipped when nothing changed.
import { build } from "./build.mjs";
import { provideEngine } from "./engine.mjs";
import { checkNode, installPackages } from "./packages.mjs";
import { preparePython } from "./python.mjs";
import { alone } from "./steps.mjs";

export async function setUp() {
  checkNode();
  await alone(async () => {
    await installPackages();
    await provideEngine();
    await build();
    await preparePython();
  });
}
