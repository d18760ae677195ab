import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../lib/core/folders";
import { joined, notebooks } from "./read";

const MOST_BYTES = 1_500_000;
const MOST_LINES = 25;

for (const { name, text, bytes, kernel, version, cells } of notebooks) {
  const code = cells.filter((cell) => cell.kind === "code");
  const prose = cells.filter((cell) => cell.kind === "markdown").map((cell) => cell.source);

  test(`${name} asks one question, says what is needed, has exercises with a check, and references`, () => {
    const number = name.slice(0, 2);
    assert.match(prose[0], new RegExp(`^# ${number} · `));
    assert.match(prose[0], /\*\*One question:\*\*/);
    assert.match(prose[0], /minute/);
    const whole = prose.join("\n");
    for (const heading of [/^## Summary/m, /^### Exercises/m, /^### References/m])
      assert.match(whole, heading);
    for (const stars of ["★ ", "★★ ", "★★★ "]) assert.ok(whole.includes(stars), `an exercise with ${stars}`);
    assert.ok(/\*\*Predict\.\*\*/.test(whole), "the reader is asked to predict");
    assert.ok(
      code.some((cell) => cell.source.includes("← ")),
      "a check cell marks the place to change",
    );
  });

  test(`${name} imports the package once, in its first code cell, and keeps every cell short`, () => {
    assert.match(code[0].source, /^import \* as lab from "facenet-lab";/);
    assert.equal(code.filter((cell) => /^import /m.test(cell.source)).length, 1);
    for (const cell of code) {
      const lines = cell.source.split("\n").length;
      assert.ok(lines <= MOST_LINES, `${cell.id} has ${lines} lines, at most ${MOST_LINES}`);
    }
  });

  test(`${name} is stored so that every host shows it: executed, with texts and pictures, no machine path`, () => {
    assert.deepEqual(version, [4, 5]);
    assert.equal(kernel.name, "tslab");
    assert.equal(kernel.language, "typescript");
    assert.equal(new Set(cells.map((cell) => cell.id)).size, cells.length, "cell ids are unique");
    assert.ok(bytes <= MOST_BYTES, `${bytes} bytes, at most ${MOST_BYTES}`);
    assert.doesNotMatch(text, /\/(root|home|Users|tmp|work)\//);
    const outputs = cells.flatMap((cell) => cell.outputs);
    assert.ok(outputs.length > 0, "it holds outputs");
    for (const { name: stream, text: printed, data } of outputs) {
      if (stream === "stderr") assert.fail(`an output on stderr: ${joined(printed ?? "").slice(0, 200)}`);
      if (data) assert.ok(data["text/plain"], "a picture has a text alternative");
      if (data?.["application/vnd.plotly.v1+json"])
        assert.ok(data["image/png"], "a figure has a stored picture");
    }
  });

  test(`${name} links only to files that exist`, () => {
    for (const [, target] of prose.join("\n").matchAll(/\]\(([^)#]+?)\)/g)) {
      if (/^https?:/.test(target)) continue;
      assert.ok(existsSync(join(packageRoot(), "notebooks", target)), target);
    }
  });
}
