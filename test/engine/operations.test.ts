import assert from "node:assert/strict";
import test from "node:test";
import { Graph, type Value } from "../../lib/engine/graph";
import { Operations } from "../../lib/engine/operations";

/**
 * Golden: of the operations that we write, those with a kernel for GPUs (of float, where they have a type), as TF_GetRegisteredKernelsForOp of the GPU's build of libtensorflow
 * 2.15.1 lists them (asked through Python's ctypes, 28 November 2026).
 */
const ON_GPU = new Set(
  "AddV2 AvgPool AvgPoolGrad BiasAdd BiasAddGrad Cast ConcatV2 Const Conv2D Conv2DBackpropFilter Conv2DBackpropInput Equal FusedBatchNormGradV3 FusedBatchNormV3 LRN LRNGrad MatMul Max MaxPool MaxPoolGrad Maximum Mean Mul Pad RealDiv Relu ReluGrad Reshape Shape Slice SplitV Sqrt SqrtGrad Square Sub Sum".split(
    " ",
  ),
);

/** A graph in which every operation is used, forward and back, and the names of the methods that wrote it. */
function everything(): { graph: Graph; used: Set<string> } {
  const graph = new Graph();
  const used = new Set<string>();
  const operations = new Proxy(new Operations(graph), {
    get(target, name, receiver) {
      used.add(String(name));
      return Reflect.get(target, name, receiver);
    },
  });
  const input = (...shape: number[]): Value => graph.input(shape);
  const images = input(-1, 8, 8, 4);
  let x = operations.conv2d(images, input(3, 3, 4, 4), 1);
  x = operations.relu(operations.bias(x, input(4)));
  x = operations.batchNorm(x, input(4), input(4), 1e-3).output;
  x = operations.localNorm(x, 2, 1, 1e-4, 0.75);
  x = operations.root(operations.square(x), 1e-3);
  x = operations.add(operations.maxPool(x, 3, 1), operations.averagePool(x, 3, 1));
  x = operations.join([operations.columns(x, 2, 4), operations.columns(x, 0, 4)]);
  x = operations.largest(operations.reshape(operations.mean(x), [-1, 4, 2]));
  const y = operations.unitRows(operations.matMul(x, input(4, 3)), 1e-12);
  operations.gradients(y, input(-1, 3), [images]);
  operations.batchNormWith(images, [input(4), input(4), input(4), input(4)], 1e-3);
  return { graph, used };
}

test("Operations write what has a kernel on a GPU as well, and leave the device to TensorFlow", () => {
  const { graph, used } = everything();
  for (const name of Object.getOwnPropertyNames(Operations.prototype)) {
    if (name !== "constructor") assert.ok(used.has(name), `${name} must be used here`);
  }
  const written = new Set(graph.nodes.map(({ op }) => op));
  assert.deepEqual([...written].filter((op) => op !== "Placeholder" && !ON_GPU.has(op)).sort(), []);
  assert.deepEqual([...ON_GPU].filter((op) => !written.has(op)).sort(), []);
  for (const node of graph.nodes)
    assert.deepEqual(Object.keys(node).sort(), ["attributes", "inputs", "name", "op"]);
});
