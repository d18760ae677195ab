import assert from "node:assert/strict";
import test from "node:test";
import { matrixFromRows } from "../../lib/core/matrix";
import { decodeNpy, encodeNpy } from "../../lib/core/npy";

/**
 * Golden: made by another program.
 *   python3 -c "import numpy, io; b = io.BytesIO(); numpy.save(b, numpy.array([[1.5, -2], [0, 3]], 'f4')); print(b.getvalue().hex())"
 * NumPy 2.4.6, 2026-11.
 */
const golden =
  "934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046616c73652c20277368617065273a2028322c2032292c207d202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020200a0000c03f000000c00000000000004040";

test("encodeNpy() writes what numpy.save writes", () => {
  const bytes = encodeNpy(
    matrixFromRows([
      [1.5, -2],
      [0, 3],
    ]),
  );
  assert.equal(Buffer.from(bytes).toString("hex"), golden);
});

test("decodeNpy() reads what numpy.save writes", () => {
  const m = decodeNpy(Buffer.from(golden, "hex"), "golden.npy");
  assert.deepEqual([m.rows, m.columns, ...m.data], [2, 2, 1.5, -2, 0, 3]);
});

test("decodeNpy() names the file and what is wrong", () => {
  const bytes = Buffer.from(golden, "hex");
  assert.throws(() => decodeNpy(bytes.subarray(0, 5), "x.npy"), /Cannot read x\.npy: a \.npy file is wanted/);
  assert.throws(
    () => decodeNpy(bytes.subarray(0, -1), "x.npy"),
    /16 bytes of data are wanted, current value is 15/,
  );
  const long = Buffer.from(bytes);
  long[6] = 2;
  for (const length of [10, 11]) {
    assert.throws(
      () => decodeNpy(long.subarray(0, length), "x.npy"),
      new RegExp(
        `Cannot read x\\.npy: the start of a \\.npy file must have 12 bytes, current value is ${length}`,
      ),
    );
  }
  const other = Buffer.from(bytes.toString("latin1").replace("<f4", "<f8"), "latin1");
  assert.throws(() => decodeNpy(other, "x.npy"), /C-ordered float32 matrix is wanted/);
});
