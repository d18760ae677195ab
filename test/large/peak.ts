/** Loaded before a program (`--require`): at its end it writes the most memory that it held, in MiB, to the file PEAK_FILE. */
import { writeFileSync } from "node:fs";

const file = process.env.PEAK_FILE;
if (file) process.on("exit", () => writeFileSync(file, String(process.resourceUsage().maxRSS / 1024)));
