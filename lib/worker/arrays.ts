import { z } from "zod";
import { LabError } from "../core/errors";
import { type Matrix, matrix, valuesOf } from "../core/matrix";

/** Element types that cross the boundary, little-endian. */
export type ElementType = "uint8" | "int32" | "uint32" | "float32" | "float64";
export type ElementArray = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array;

const kinds = {
  uint8: Uint8Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** A typed array with its shape, row-major: `data.length` is the product of `shape`. */
export interface ShapedArray {
  readonly shape: readonly number[];
  readonly data: ElementArray;
}

export type NamedArrays = Readonly<Record<string, ShapedArray>>;

/** How a header describes the arrays of its body: in this order, each from the next multiple of 8 bytes on. */
export const layoutSchema: z.ZodType<Layout> = z
  .array(
    z.strictObject({
      name: z.string().max(100),
      dtype: z.enum(["uint8", "int32", "uint32", "float32", "float64"]),
      shape: z.array(z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)).max(4),
    }),
  )
  .max(10_000);
export type Layout = { name: string; dtype: ElementType; shape: number[] }[];

/** A vector (one dimension) or, with a shape, an array of any. */
export function shaped(data: ElementArray, shape: readonly number[] = [data.length]): ShapedArray {
  return { shape, data };
}

/** A matrix as an array of N×D. */
export function shapedMatrix({ rows, columns, data }: Matrix): ShapedArray {
  return { shape: [rows, columns], data };
}

/** An array of N×D floats as a matrix. Throws a LabError for another type or shape. */
export function matrixOf(arrays: NamedArrays, name: string): Matrix {
  const { shape, data } = arrays[name] ?? { shape: [], data: undefined };
  if (shape.length === 2 && data instanceof Float32Array) return matrix(shape[0], shape[1], data);
  throw new LabError(
    `Cannot use the array ${name}: float32 N × D is wanted, current value is ${describe(arrays[name])}`,
  );
}

/** What an array is, for messages. */
export function describe(array: ShapedArray | undefined): string {
  return array ? `${typeOf(array.data)} ${array.shape.join(" × ") || "without a shape"}` : "no array";
}

/** The layout of arrays and the parts of their body. */
export function packArrays(arrays: NamedArrays): { layout: Layout; body: Uint8Array[] } {
  const layout: Layout = [];
  const body: Uint8Array[] = [];
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    if (valuesOf(shape) !== data.length) {
      throw new RangeError(
        `Cannot send ${name}: ${shape.join(" × ")} values are needed, current value is ${data.length}`,
      );
    }
    layout.push({ name, dtype: typeOf(data), shape: [...shape] });
    body.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const gap = padded(data.byteLength) - data.byteLength;
    if (gap > 0) body.push(new Uint8Array(gap));
  }
  return { layout, body };
}

/** The arrays of a body, as views of it where it lies at a multiple of 8. Throws a LabError when layout and body do not fit each other. */
export function unpackArrays(layout: Layout, body: Uint8Array): NamedArrays {
  const wanted = layout.reduce(
    (sum, { dtype, shape }) => sum + padded(valuesOf(shape) * kinds[dtype].BYTES_PER_ELEMENT),
    0,
  );
  if (wanted !== body.byteLength) {
    throw new LabError(
      `Cannot read the body: its arrays take ${wanted} bytes, current value is ${body.byteLength}`,
    );
  }
  const { buffer, byteOffset } = body.byteOffset % 8 === 0 ? body : new Uint8Array(body);
  let at = byteOffset;
  return Object.fromEntries(
    layout.map(({ name, dtype, shape }) => {
      const data = new kinds[dtype](buffer as ArrayBuffer, at, valuesOf(shape));
      at += padded(data.byteLength);
      return [name, { shape, data }];
    }),
  );
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function typeOf(data: ElementArray): ElementType {
  return (Object.keys(kinds) as ElementType[]).find((name) => data instanceof kinds[name]) as ElementType;
}
