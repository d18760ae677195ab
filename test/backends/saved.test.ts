import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { backendNames } from "../../lib/backends/backend";
import { backendKinds } from "../../lib/backends/kinds";
import { loadBackend, saveBackend } from "../../lib/backends/saved";
import { writeVectorFile } from "../../lib/core/container";
import { createRandom } from "../../lib/core/random";
import { inFolder } from "../inFolder";
import { sampleIdentities } from "./sampled";

const { x, labels } = sampleIdentities(1, { identities: 40, most: 4, d: 3 });
const pairs = { first: [0, 1, 2], second: [1, 5, 9] };

test("loadBackend() gives back every back-end with its features' id, and the same scores bit for bit", () =>
  inFolder((folder) => {
    for (const name of backendNames) {
      const path = join(folder, `${name}.backend`);
      const backend = backendKinds[name].fit(x, labels, createRandom(1));
      saveBackend(path, { backend, features: "abc" });
      const again = loadBackend(path);
      assert.equal(again.features, "abc");
      assert.equal(again.backend.name, name);
      assert.deepEqual(again.backend.score(x, pairs), backend.score(x, pairs));
    }
  }));

test("loadBackend() refuses damaged, foreign and inconsistent files by name", () =>
  inFolder((folder) => {
    const path = join(folder, "a.backend");
    const backend = backendKinds.lda.fit(x, labels, createRandom(1));
    saveBackend(path, { backend, features: "abc" });
    const bytes = readFileSync(path);
    const refused = (message: RegExp): void => {
      assert.throws(
        () => loadBackend(path),
        (error: Error) => {
          assert.equal(error.name, "LabError");
          assert.ok(error.message.includes(path));
          assert.match(error.message, message);
          return true;
        },
      );
    };
    writeFileSync(path, bytes.subarray(0, bytes.length - 1));
    refused(/checksum/);
    writeVectorFile(path, { some: "header" }, []);
    refused(/format|header|name/);
    const header = { format: "facenet-lab back-end 1", name: "lda", features: "abc", columns: 3 };
    const weights = { name: "weights", rows: 3, columns: 3 };
    const bias = { name: "bias", rows: 1, columns: 3 };
    const write = (parameters: object[], vectors: Float32Array[]): void =>
      writeVectorFile(path, { ...header, parameters }, vectors);
    write([weights], [new Float32Array(9)]);
    refused(/its parameters must be weights, bias, current value is weights/);
    write([weights, bias], [new Float32Array(9), new Float32Array(2)]);
    refused(/bias must hold 3 values, current value is 2/);
    write([weights, bias], [new Float32Array(9).fill(Number.NaN), new Float32Array(3)]);
    refused(/row 0 column 0 is NaN/);
    write([{ ...weights, rows: 1 }, bias], [new Float32Array(3), new Float32Array(3)]);
    refused(/bias must be 1×1, current value is 1×3/);
  }));
