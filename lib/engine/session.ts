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

/** Loads a graph. It goes through a temporary folder, because that is TensorFlow's only door; the folder is removed. Throws a LabError when it cannot. */
export function openSession(graph: Graph): Session {
  const backend = loadEngine().backend() as unknown as SavedModels;
  const id = throughFolder(savedModel(graph.nodes), (folder) =>
    backend.loadSavedModelMetaGraph(folder, "serve"),
  );
  let open = true;
  return {
    run: (given, outputs) => {
      if (!open) throw new Error("Cannot run a graph: its session must be open, current value is disposed");
      const names = [...given.keys()].map((name) => ({ name }));
      return backend.runSavedModel(id, [...given.values()], names, outputs);
    },
    dispose: () => {
      if (open) backend.deleteSavedModel(id);
      open = false;
    },
  };
}

function throughFolder<T>(bytes: Buffer, use: (folder: string) => T): T {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), "facenet-lab-graph-"));
    writeFileSync(join(folder, "saved_model.pb"), bytes);
    return use(folder);
  } catch (error) {
    throw new LabError(
      `Cannot load a graph: TensorFlow must read it from a temporary folder in ${tmpdir()}, current value is "${messageOf(error)}"`,
    );
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}
