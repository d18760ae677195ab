import type { Command } from "./command";
import { ablateCommand } from "./commands/ablate";
import { alignCommand } from "./commands/align";
import { allPairsCommand } from "./commands/allPairs";
import { backendsCommand } from "./commands/backends";
import { calibrateCommand } from "./commands/calibrate";
import { checkSyntheticCommand } from "./commands/checkSynthetic";
import { clusterCommand } from "./commands/cluster";
import { compareCommand } from "./commands/compare";
import { contaminationCommand } from "./commands/contamination";
import { dataCommand } from "./commands/data";
import { doctorCommand } from "./commands/doctor";
import { embedCommand } from "./commands/embed";
import { embedShardsCommand } from "./commands/embedShards";
import { errorsCommand } from "./commands/errors";
import { evaluateCommand } from "./commands/evaluate";
import { exploreCommand } from "./commands/explore";
import { foldsCommand } from "./commands/folds";
import { generateCommand } from "./commands/generate";
import { harmonicCommand } from "./commands/harmonic";
import { identifyCommand } from "./commands/identify";
import { lossesCommand } from "./commands/losses";
import { netCommand } from "./commands/net";
import { planCommand } from "./commands/plan";
import { projectCommand } from "./commands/project";
import { rayDownCommand, rayStatusCommand, rayUpCommand } from "./commands/rayCluster";
import { rayJobsCommand, rayLogsCommand, rayStopCommand, raySubmitCommand } from "./commands/rayJobs";
import { recipeCommand } from "./commands/recipe";
import { searchCommand } from "./commands/search";
import { sweepCommand } from "./commands/sweep";
import { trainCommand } from "./commands/train";
import { walkCommand } from "./commands/walk";
import { workerCommand } from "./commands/worker";

/** All commands, in the order of the walk. */
export const commands: readonly Command[] = [
  walkCommand,
  dataCommand,
  alignCommand,
  trainCommand,
  embedCommand,
  evaluateCommand,
  identifyCommand,
  clusterCommand,
  calibrateCommand,
  compareCommand,
  errorsCommand,
  backendsCommand,
  contaminationCommand,
  projectCommand,
  exploreCommand,
  recipeCommand,
  sweepCommand,
  lossesCommand,
  ablateCommand,
  foldsCommand,
  netCommand,
  harmonicCommand,
  generateCommand,
  checkSyntheticCommand,
  embedShardsCommand,
  allPairsCommand,
  searchCommand,
  rayUpCommand,
  rayStatusCommand,
  rayDownCommand,
  raySubmitCommand,
  rayJobsCommand,
  rayLogsCommand,
  rayStopCommand,
  planCommand,
  workerCommand,
  doctorCommand,
];
