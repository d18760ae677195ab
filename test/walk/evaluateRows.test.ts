import assert from "node:assert/strict";
import test from "node:test";
import type { ProgressEvent } from "../../lib/core/progress";
import { evaluateRows } from "../../lib/walk/evaluateRows";
import { clusteredEmbeddings } from "../evaluate/embeddings";

test("evaluateRows() says how far it is within its steps, by pairs, ascending to the end", () => {
  const { x, labels } = clusteredEmbeddings(1, 3000, 150, 8, 0.5);
  const events: ProgressEvent[] = [];
  evaluateRows(x, labels, { mostClustered: 100, progress: (event) => events.push(event) });
  const last = events.at(-1);
  assert.equal(last?.done, last?.total);
  const steps = new Map<string, number>();
  events.slice(0, -1).forEach(({ done, total, detail = "" }, i) => {
    assert.ok(done < total && done >= (events[i - 1]?.done ?? 0), `${detail}: ${done} of ${total}`);
    steps.set(detail, (steps.get(detail) ?? 0) + 1);
  });
  // 3,000 rows are three blocks of 1,024 and six of pairs; a step begins with an event of its own. The identities of a block touch the next block only.
  const all = 1 + 6;
  assert.deepEqual([...steps.keys()].slice(0, 3), ["all pairs", "intervals", "hold-out"]);
  assert.deepEqual(
    ["all pairs", "intervals", "identification", "hardest pairs"].map((step) => steps.get(step)),
    [all, all, all + 3 + 2, all],
  );
});
