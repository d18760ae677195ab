// npm run setup: everything that start and test would set up, and nothing else.
import { setUp } from "./all.mjs";
import { main, say } from "./steps.mjs";

await main(async () => {
  await setUp();
  say("everything is set up");
});
