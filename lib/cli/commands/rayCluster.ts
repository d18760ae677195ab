import { isRunning } from "../../core/processes";
import { clusterDown, clusterUp } from "../../ray/cluster";
import { type ClusterState, clusterFolder, readClusterState } from "../../ray/clusterState";
import type { Command, CommandContext } from "../command";
import type { OptionTable } from "../options";

const stateOptions: OptionTable = {
  state: {
    kind: "text",
    value: "DIR",
    help: "folder where it is written down what was started; left out: FACENET_LAB_RAY_STATE, else .setup/ray-cluster of this package",
  },
};

export const rayUpCommand: Command = {
  name: "ray up",
  summary: "start a Ray cluster on this machine, on loopback only and with a token",
  options: {
    nodes: {
      kind: "integer",
      help: "nodes, all on this machine; more than one to see what happens when a machine is lost",
      least: 1,
      most: 16,
      default: 1,
    },
    processors: {
      kind: "integer",
      help: "processors that each node offers, one for each thread of a worker; left out: the cores of this machine",
      least: 1,
      most: 1024,
    },
    client: { kind: "flag", help: "also open the port of Ray's client, for --on ray://HOST:PORT" },
    ...stateOptions,
  },
  examples: ["facenet-lab ray up", "facenet-lab ray up --nodes 2 --processors 1 --client"],
  run: async (context) => {
    context.note("starting Ray …");
    const state = await clusterUp({
      folder: folderOf(context),
      nodes: context.number("nodes"),
      processors: context.number("processors"),
      client: context.flag("client"),
      signal: context.signal,
    });
    const more =
      folderOf(context) === clusterFolder()
        ? ""
        : `\nIts token is found by commands with FACENET_LAB_RAY_STATE=${folderOf(context)}`;
    return { json: { up: true, ...state }, text: textOf(state) + more };
  },
};

export const rayDownCommand: Command = {
  name: "ray down",
  summary: "end the Ray cluster that ray up started, and nothing else",
  options: stateOptions,
  examples: ["facenet-lab ray down"],
  run: async (context) => {
    const state = await clusterDown(folderOf(context));
    const json = { up: false, ended: state?.processes.length ?? 0 };
    return { json, text: state ? `ended ${state.address}` : `no cluster is up in ${folderOf(context)}` };
  },
};

export const rayStatusCommand: Command = {
  name: "ray status",
  summary:
    "say whether the Ray cluster of ray up is there and what it listens on; exits with 1 when it is not whole",
  options: stateOptions,
  examples: ["facenet-lab ray status --json"],
  run: async (context) => {
    const state = readClusterState(folderOf(context));
    if (!state) return { json: { up: false }, text: `no cluster is up in ${folderOf(context)}`, ok: false };
    const gone = state.processes.filter((mark) => mark.name !== "helper" && !isRunning(mark));
    const json = { up: gone.length === 0, gone, ...state };
    const names = gone.map(({ name, pid }) => `${name} ${pid}`).join(", ");
    return {
      json,
      text:
        gone.length === 0
          ? textOf(state)
          : `${textOf(state)}\ngone: ${names}; "facenet-lab ray down" ends the rest`,
      ok: gone.length === 0,
    };
  },
};

function folderOf(context: CommandContext): string {
  return context.text("state") ?? clusterFolder();
}

function textOf({ address, jobs, client, nodes, processors, token, started }: ClusterState): string {
  return [
    `up since ${started}: ${nodes} node${nodes === 1 ? "" : "s"} of ${processors} processor${processors === 1 ? "" : "s"}`,
    `  workers   --on ${address}`,
    ...(client === null ? [] : [`  workers   --on ${client}`]),
    `  jobs      facenet-lab ray submit -- COMMAND … (${jobs})`,
    `  token     ${token}, found by itself`,
  ].join("\n");
}
