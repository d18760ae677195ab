import assert from "node:assert/strict";
import test from "node:test";
import { createRandom } from "../../lib/core/random";
import { type NamedArrays, packArrays, shaped, shapedMatrix } from "../../lib/worker/arrays";
import { encodeFrame } from "../../lib/worker/frame";
import { PROTOCOL } from "../../lib/worker/protocol";
import { mutate } from "../fuzz/mutate";
import { tinyNet, tinySettings } from "../train/fixtures";
import { type Asked, answerOf, asked, askedFirst, refusalOf } from "./asked";

const origin = { spec: tinyNet, settings: tinySettings, classes: 4 };

test("serve() answers hello with its protocol, and nothing before it", async () => {
  const { told, served } = await askedFirst(["digest"], ["hello", { protocol: PROTOCOL }]);
  assert.equal(
    refusalOf(told[0]),
    "LabError: Cannot digest: hello must come first, so that both sides speak one version",
  );
  const { result } = answerOf(told[1]);
  assert.equal(result.protocol, PROTOCOL);
  assert.equal(result.pid, process.pid);
  assert.deepEqual(served, { answered: 1, refused: 1 });
});

test("serve() refuses another version by name", async () => {
  for (const protocol of [PROTOCOL + 1, String(PROTOCOL), null]) {
    const { told } = await askedFirst(["hello", { protocol }]);
    const current = JSON.stringify(protocol);
    assert.equal(
      refusalOf(told[0]),
      `LabError: Cannot work together: protocol ${PROTOCOL} is wanted, current value is ${current}`,
    );
  }
});

test("serve() refuses what is wrong with one request, says what was wanted, and answers the next", async () => {
  const vector = shaped(new Float32Array(3));
  const good = { embeddings: shapedMatrix({ rows: 2, columns: 1, data: Float32Array.of(1, 2) }) };
  const labels = shaped(Int32Array.of(0, 1));
  const cases: [Asked, RegExp][] = [
    [["dance"], /^LabError: .*op must be one of hello, model, align, .*, current value is dance/],
    [["toString"], /op must be one of/],
    [["forward", { chunk: -1 }, {}], /^LabError: Cannot forward: chunk: /],
    [["init", { ...origin, spec: { ...tinyNet, layers: [] } }], /Cannot init: spec\.layers: /],
    [["init", { ...origin, extra: 1 }], /Cannot init: .*extra/],
    [
      ["backward", { chunk: 0 }, { gradient: vector }],
      /the array gradient must be float32 N × D, current value is float32 3$/,
    ],
    [
      ["mine", {}, { embeddings: good.embeddings }],
      /the array classes must be int32 N, current value is no array/,
    ],
    [
      ["mine", {}, { ...good, classes: labels, more: vector }],
      /its arrays are embeddings, classes, current value is more/,
    ],
    [["mine", {}, { ...good, classes: labels }], /Cannot mine: init or setState must come first/],
    [["pairHistogram", { from: 0, to: 1 }], /Cannot pairHistogram: rows must come first/],
    [
      ["embed", {}, { crops: shaped(new Uint8Array(4), [1, 2, 2, 1]) }],
      /Cannot embed: model must come first/,
    ],
    [
      ["rows", { block: 8, products: "plain" }, { ...good, labels: shaped(Int32Array.of(1)) }],
      /^RangeError: .*2 labels are needed/,
    ],
    [Buffer.concat(encodeFrame({ op: "digest" })), /Cannot read a request: id: /],
    [
      Buffer.concat(encodeFrame({ id: 1, op: "digest", surprise: true })),
      /Cannot read a request: .*surprise/,
    ],
    [
      Buffer.concat(
        encodeFrame({ id: 1, op: "digest", arrays: [{ name: "x", dtype: "float32", shape: [9] }] }),
      ),
      /its arrays take 40 bytes, current value is 0/,
    ],
  ];
  const { told, served } = await asked(...cases.map(([request]) => request), ["init", origin], ["digest"]);
  cases.forEach(([, message], i) => {
    assert.match(refusalOf(told[i]), message);
  });
  assert.equal(answerOf(told[cases.length]).result.digest, answerOf(told[cases.length + 1]).result.digest);
  assert.deepEqual(served, { answered: 3, refused: cases.length });
});

test("serve() answers a header that is no JSON without an id, and reads on", async () => {
  const bytes = Buffer.concat(encodeFrame({ id: 3, op: "digest" }));
  bytes.write("}", 16);
  const { told, served } = await asked(bytes, ["init", origin]);
  assert.match(refusalOf(told[0]), /Cannot read a request: the header must be a JSON object/);
  assert.equal(told[0].header.id, null);
  assert.match(String(answerOf(told[1]).result.digest), /^[0-9a-f]{64}$/);
  assert.deepEqual(served, { answered: 2, refused: 1 });
});

test("serve() ends a stream of absurd lengths, or one that ends within a frame, with one error frame", async () => {
  const absurd = Buffer.alloc(16, 255);
  const { told, served } = await asked(["init", origin], absurd, ["digest"]);
  assert.equal(told.length, 2);
  assert.match(
    refusalOf(told[1]),
    /a body of at most 2147483648 are wanted, current values are 18446744073709551615/,
  );
  assert.match(served.broken ?? "", /Cannot read a frame/);

  const cut = await asked(
    ["init", origin],
    Buffer.concat(encodeFrame({ id: 9, op: "digest" })).subarray(0, 20),
  );
  assert.equal(cut.told.length, 2);
  assert.match(refusalOf(cut.told[1]), /must end between two frames, it ends 4 bytes into a part of 22/);
});

test("serve() survives damaged streams: it answers or refuses, and never throws", async () => {
  const x = shapedMatrix({ rows: 5, columns: 2, data: Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) });
  const requests: [string, object, NamedArrays][] = [
    ["hello", { protocol: PROTOCOL }, {}],
    [
      "rows",
      { block: 4, products: "plain" },
      { embeddings: x, labels: shaped(Int32Array.of(0, 0, 1, 1, 2)) },
    ],
    ["pairHistogram", { from: 0, to: 3 }, {}],
    ["search", { k: 2, products: "plain" }, { probes: x, shard: x, centre: shaped(new Float64Array(2)) }],
  ];
  const valid = Buffer.concat(
    requests.flatMap(([op, params, arrays], id) => {
      const { layout, body } = packArrays(arrays);
      return encodeFrame({ id, op, params, arrays: layout }, body);
    }),
  );
  const random = createRandom(4);
  let [answered, refused, broken] = [0, 0, 0];
  for (let mutant = 0; mutant < 400; mutant++) {
    const { served } = await askedFirst(Buffer.from(mutate(valid, random).bytes));
    answered += served.answered;
    refused += served.refused;
    if (served.broken !== undefined) broken++;
  }
  assert.ok(Math.min(answered, refused, broken) > 50, `${answered}, ${refused}, ${broken}`);
});
