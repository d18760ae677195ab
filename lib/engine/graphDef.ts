/**
 * TensorFlow's messages for a graph, in protobuf's wire format: just what a SavedModel without variables and signatures needs.
 *
 * Source of the field numbers: tensorflow/core/framework/{graph,node_def,attr_value,tensor,tensor_shape}.proto and
 * tensorflow/core/protobuf/{meta_graph,saved_model}.proto.
 */

/** A message's fields, encoded. */
type Fields = readonly Buffer[];

export const dataTypes: {
  readonly float: 1;
  readonly int32: 3;
  readonly uint8: 4;
  readonly string: 7;
  readonly bool: 10;
} = {
  float: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  bool: 10,
};
export type DataType = keyof typeof dataTypes;

/** The value of a node's attribute. `shape`: −1 is a size that is known when the graph runs. */
export type Attribute =
  | { readonly type: DataType }
  | { readonly text: string }
  | { readonly flag: boolean }
  | { readonly float: number }
  | { readonly integer: number }
  | { readonly integers: readonly number[] }
  | { readonly shape: readonly number[] }
  | {
      readonly constant: {
        readonly type: DataType;
        readonly shape: readonly number[];
        readonly values: readonly number[];
      };
    };

/** One operation: `inputs` are names of outputs, `node:index`. */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Version of the graph format (of 2022): later versions of libtensorflow read graphs of earlier ones. */
const PRODUCER = 1087;

/** The bytes of `saved_model.pb`: one graph under the tag `serve`, no variables. */
export function savedModel(nodes: readonly NodeDef[]): Buffer {
  const graph = [...nodes.map((node) => message(1, nodeFields(node))), message(4, [integer(1, PRODUCER)])];
  const metaGraph = [message(1, [text(4, "serve")]), message(2, graph)];
  return Buffer.concat([integer(1, 1), message(2, metaGraph)]);
}

function nodeFields({ name, op, inputs, attributes }: NodeDef): Fields {
  return [
    text(1, name),
    text(2, op),
    ...inputs.map((input) => text(3, input)),
    ...Object.entries(attributes).map(([key, value]) =>
      message(5, [text(1, key), message(2, [attributeField(value)])]),
    ),
  ];
}

function attributeField(value: Attribute): Buffer {
  if ("type" in value) return integer(6, dataTypes[value.type]);
  if ("text" in value) return text(2, value.text);
  if ("flag" in value) return integer(5, value.flag ? 1 : 0);
  if ("float" in value) return Buffer.concat([varint((4 << 3) | 5), bytesOf("float", [value.float])]);
  if ("integer" in value) return integer(3, value.integer);
  if ("integers" in value)
    return message(
      1,
      value.integers.map((v) => integer(3, v)),
    );
  if ("shape" in value) return message(7, shapeFields(value.shape));
  const { type, shape, values } = value.constant;
  const content = [integer(1, dataTypes[type]), message(2, shapeFields(shape))];
  return message(8, [...content, bytes(4, bytesOf(type, values))]);
}

function shapeFields(shape: readonly number[]): Fields {
  return shape.map((size) => message(2, [integer(1, size)]));
}

function bytesOf(type: DataType, values: readonly number[]): Buffer {
  const array = type === "float" ? Float32Array.from(values) : Int32Array.from(values);
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}

function integer(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
}

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value));
}

function message(field: number, fields: Fields): Buffer {
  return bytes(field, Buffer.concat(fields));
}
