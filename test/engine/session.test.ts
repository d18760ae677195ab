import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { LabError } from "../../lib/core/errors";
import { Graph, type Value } from "../../lib/engine/graph";
import { loadEngine } from "../../lib/engine/load";
import { Operations } from "../../lib/engine/operations";
import { openSession } from "../../lib/engine/session";

type Tensor = import("@tensorflow/tfjs-node").Tensor;

/** y = (x · factor)² for rows of two. */
function squares(factor: number): { operations: Operations; x: Value; middle: Value; y: Value } {
  const operations = new Operations(new Graph());
  const x = operations.graph.input([-1, 2]);
  const middle = operations.product(x, operations.graph.constant("float", [], [factor]));
  return { operations, x, middle, y: operations.square(middle) };
}

const given = (value: Value, tensor: Tensor): Map<string, Tensor> => new Map([[value.name, tensor]]);

test("Session.run() computes from inputs, and from any tensor on the way", () => {
  const tf = loadEngine();
  const { operations, x, middle, y } = squares(3);
  const session = openSession(operations.graph);
  tf.tidy(() => {
    const rows = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    const [whole, part] = session.run(given(x, rows), [y.name, middle.name]);
    assert.deepEqual(Array.from(whole.dataSync()), [9, 36, 81, 144, 225, 324]);
    assert.deepEqual(part.shape, [3, 2]);
    const [rest] = session.run(given(middle, rows), [y.name]);
    assert.deepEqual(Array.from(rest.dataSync()), [1, 4, 9, 16, 25, 36]);
    assert.throws(() => session.run(new Map(), [y.name]), /Placeholder/);
  });
  session.dispose();
});

test("Session.dispose() ends one user of a graph, not the others", () => {
  const tf = loadEngine();
  const { operations, x, y } = squares(5);
  const [one, two] = [openSession(operations.graph), openSession(squares(5).operations.graph)];
  one.dispose();
  one.dispose();
  const result = tf.tidy(() => two.run(given(x, tf.ones([1, 2])), [y.name])[0].dataSync()[0]);
  assert.equal(result, 25);
  assert.throws(
    () => one.run(given(x, tf.ones([1, 2])), [y.name]),
    /Cannot run a graph: its session must be open, current value is disposed/,
  );
  two.dispose();
  // Many graphs one after the other: what is unused long is dropped, and an old graph loads again.
  for (let factor = 10; factor < 20; factor++) openSession(squares(factor).operations.graph).dispose();
  const again = openSession(operations.graph);
  assert.equal(
    tf.tidy(() => again.run(given(x, tf.ones([1, 2])), [y.name])[0].dataSync()[0]),
    25,
  );
  again.dispose();
});

/** Runs `use` with another folder for temporary files. */
function withTemporaryFolder(use: (folder: string) => void): void {
  const before = process.env.TMPDIR;
  const folder = mkdtempSync(join(tmpdir(), "facenet-lab-session-"));
  process.env.TMPDIR = folder;
  try {
    use(folder);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(folder, { recursive: true, force: true });
  }
}

test("openSession() leaves nothing behind and says when there is no folder for temporary files", () => {
  withTemporaryFolder((folder) => {
    openSession(squares(7).operations.graph).dispose();
    assert.deepEqual(readdirSync(folder), []);
    process.env.TMPDIR = join(folder, "missing");
    assert.throws(
      () => openSession(squares(8).operations.graph),
      (error) =>
        error instanceof LabError && /Cannot load a net's graph: .*missing.*ENOENT/.test(error.message),
    );
    mkdirSync(process.env.TMPDIR);
    openSession(squares(8).operations.graph).dispose();
  });
});

test("openSession() passes on what TensorFlow finds wrong with a graph", () => {
  const graph = new Graph();
  graph.node("NoSuchOperation", [], {}, [[1]]);
  assert.throws(() => openSession(graph), /Cannot load a net's graph: .*NoSuchOperation/);
});

test("Graph.cut() finds what must be kept, without what is given or recomputed", () => {
  const operations = new Operations(new Graph());
  const { graph } = operations;
  const [x, w] = [graph.input([-1, 2]), graph.input([2, 2])];
  const hidden = operations.relu(operations.matMul(x, w));
  const y = operations.unitRows(hidden, 1e-12);
  const mark = graph.nodes.length;
  const dy = graph.input([-1, 2]);
  const { wanted, all } = operations.gradients(y, dy, [w]);
  const names = graph.cut(wanted, mark, dy).map(({ name }) => name);
  assert.ok(names.includes(x.name) && names.includes(hidden.name) && names.includes(y.name));
  assert.ok(!names.includes(w.name) && !names.includes(dy.name));
  // From the gradient of the hidden layer on, the length of the rows is not needed.
  const later = graph.cut(wanted, mark, all.get(hidden.name) as Value).map(({ name }) => name);
  assert.deepEqual(later, [x.name, hidden.name]);
});

test("Tape.gradients() refuses a tensor that the output does not depend on", () => {
  const operations = new Operations(new Graph());
  const [x, other] = [operations.graph.input([-1, 2]), operations.graph.input([2])];
  const y = operations.square(x);
  assert.throws(
    () => operations.gradients(y, operations.graph.input([-1, 2]), [other]),
    /Cannot differentiate: Square_\d+:0 must depend on every tensor, current value is Placeholder_1:0/,
  );
});
