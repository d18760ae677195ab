import { LabError } from "./errors";
import { type Matrix, matrix } from "./matrix";

/**
 * NumPy's .npy format, version 1.0, for one case: a C-ordered float32 array, of two dimensions unless another `shape` of as many values is given. So that
 * embeddings open anywhere.
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function encodeNpy(m: Matrix, options: { readonly shape?: readonly number[] } = {}): Uint8Array {
  const { shape = [m.rows, m.columns] } = options;
  const start = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  const unpadded = 10 + start.length + 1;
  const header = `${start}${" ".repeat((64 - (unpadded % 64)) % 64)}\n`;
  const prefix = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([
    prefix,
    Buffer.from(header, "latin1"),
    Buffer.from(m.data.buffer, m.data.byteOffset, m.data.byteLength),
  ]);
}

/** Reads what `encodeNpy` or `numpy.save` of a float32 matrix wrote. Throws a LabError that names the file otherwise. */
export function decodeNpy(bytes: Uint8Array, name: string): Matrix {
  const refuse = (why: string): never => {
    throw new LabError(`Cannot read ${name}: ${why}`);
  };
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 10 || file.subarray(1, 6).toString("latin1") !== "NUMPY" || file[0] !== 0x93) {
    refuse("a .npy file is wanted");
  }
  const long = file[6] > 1;
  const headerStart = long ? 12 : 10;
  if (file.length < headerStart) {
    refuse(`the start of a .npy file must have ${headerStart} bytes, current value is ${file.length}`);
  }
  const dataStart = headerStart + (long ? file.readUInt32LE(8) : file.readUInt16LE(8));
  const header = file.subarray(headerStart, dataStart).toString("latin1");
  const shape = /'shape': \((\d+), (\d+)\)/.exec(header);
  if (!header.includes("'<f4'") || !header.includes("'fortran_order': False") || !shape) {
    refuse(
      `a C-ordered float32 matrix is wanted (in NumPy: numpy.ascontiguousarray(x, "float32")), the header is ${header.trim().slice(0, 120)}`,
    );
  }
  const [rows, columns] = (shape as RegExpExecArray).slice(1).map(Number);
  if (file.length - dataStart !== 4 * rows * columns) {
    refuse(`${4 * rows * columns} bytes of data are wanted, current value is ${file.length - dataStart}`);
  }
  return matrix(rows, columns, new Float32Array(new Uint8Array(file.subarray(dataStart)).buffer));
}
