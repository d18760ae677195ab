import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabError, messageOf } from "../core/errors";
import type { Graph } from "./graph";
import { savedModel } from "./graphDef";
import { loadEngine } from "./load";

type Tensor = import("@tensorflow/tfjs-node").Tensor;

/** The part of tfjs-node's backend below `tf.node.loadSavedModel`, which does not need promises. */
interface SavedModels {
  loadSavedModelMetaGraph(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(
    id: number,
    inputs: readonly Tensor[],
    names: readonly { readonly name: string }[],
    outputs: readonly string[],
  ): Tensor[];
}

/** A graph that TensorFlow has loaded: it runs independent operations in parallel and frees what nobody needs any more. */
export interface Session {
  /**
   * Computes `outputs` from named tensors. Any tensor of the graph can be given, not only its inputs: what lies before it is not computed then.
   * The outputs belong to the caller, as those of other operations (`tf.tidy` frees them).
   */
  run(given: ReadonlyMap<string, Tensor>, outputs: readonly string[]): Tensor[];
  dispose(): void;
}

/** Sessions without a user that stay loaded: TensorFlow takes some 0.1 s to prepare each kind of run, and nets of one table have the same graph. */
const IDLE_SESSIONS = 4;

interface Loaded {
  readonly id: number;
  users: number;
}

/** By the digest of the graph; the longest unused come first. */
const loaded = new Map<string, Loaded>();

/**
 * Loads a graph, or shares it with those that have an equal one. It goes through a temporary folder, because that is TensorFlow's only door; the folder is
 * removed. Throws a LabError when it cannot.
 */
export function openSession(graph: Graph): Session {
  const backend = loadEngine().backend() as unknown as SavedModels;
  const bytes = savedModel(graph.nodes);
  const digest = createHash("sha256").update(bytes).digest("hex");
  const entry = loaded.get(digest) ?? { id: load(backend, bytes), users: 0 };
  entry.users++;
  loaded.set(digest, entry);
  let open = true;
  return {
    run: (given, outputs) => {
      if (!open) throw new Error("Cannot run a graph: its session must be open, current value is disposed");
      const names = [...given.keys()].map((name) => ({ name }));
      return backend.runSavedModel(entry.id, [...given.values()], names, outputs);
    },
    dispose: () => {
      if (!open) return;
      open = false;
      entry.users--;
      loaded.delete(digest);
      loaded.set(digest, entry);
      const idle = [...loaded].filter(([, { users }]) => users === 0);
      for (const [key, { id }] of idle.slice(0, -IDLE_SESSIONS)) {
        backend.deleteSavedModel(id);
        loaded.delete(key);
      }
    },
  };
}

function load(backend: SavedModels, bytes: Buffer): number {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), "facenet-lab-graph-"));
    writeFileSync(join(folder, "saved_model.pb"), bytes);
    return backend.loadSavedModelMetaGraph(folder, "serve");
  } catch (error) {
    throw new LabError(
      `Cannot load a net's graph: TensorFlow must be able to read it from a new folder in ${tmpdir()}, current value is "${messageOf(error)}"`,
    );
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}
