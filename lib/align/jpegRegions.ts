import { Graph, type Value } from "../engine/graph";
import { loadEngine } from "../engine/load";
import { openSession, type Session } from "../engine/session";
import { type Raster, raster } from "../image/raster";
import type { Region } from "../image/warp";

/** Pictures that one run decodes. */
export const JPEGS_AT_ONCE = 16;
/** Pixels at an edge inside the picture that may differ from those of the whole picture: colours are interpolated from neighbours, and there are none. */
export const UNSURE_EDGE = 2;

/** A part of a JPEG. */
export interface JpegRegion {
  readonly bytes: Uint8Array;
  /** Lies within the picture. */
  readonly region: Region;
}

/**
 * Decodes plain JPEGs (`plainJpegSize`) by TensorFlow's own libjpeg-turbo, on all cores at once. A file with a hole in its data is read as far as it goes, also where
 * `decodeImage` refuses it: TensorFlow does not tell libjpeg's warnings.
 */
export interface JpegDecoder {
  /** RGB pixels of at most `JPEGS_AT_ONCE` regions, those of `decodeImage` except for `UNSURE_EDGE`. Throws when one of the files is broken, without saying which. */
  decode(parts: readonly JpegRegion[]): Raster[];
  dispose(): void;
}

/** For many small pictures: `decodeImage` spends four fifths of its time around the decoding of one of 250×250. */
export function openJpegDecoder(): JpegDecoder {
  const tf = loadEngine();
  const graph = new Graph();
  const slots = JPEGS_AT_ONCE;
  const files = graph.input([slots], "string");
  const windows = graph.input([slots, 4], "int32");
  const outputs = decodingNodes(graph, files, windows).map(({ name }) => name);
  const session: Session = openSession(graph);
  return {
    decode: (parts) => {
      const all = Array.from({ length: slots }, (_, i) => parts[Math.min(i, parts.length - 1)]);
      const rectangles = all.flatMap(({ region }) => [region.top, region.left, region.height, region.width]);
      const contents = tf.tensor1d(all.map(({ bytes }) => bytes) as unknown as string[], "string");
      const given: [string, typeof contents | ReturnType<typeof tf.tensor2d>][] = [
        [files.name, contents],
        [windows.name, tf.tensor2d(rectangles, [slots, 4], "int32")],
      ];
      let pixels: ReturnType<Session["run"]> = [];
      try {
        pixels = session.run(new Map(given), outputs.slice(0, parts.length));
        return parts.map(({ region: { width, height } }, i) => {
          // The values of a string tensor are bytes; its own dataSync() would read them as text.
          const [message] = tf.engine().readSync(pixels[i].dataId) as unknown as Uint8Array[];
          return raster(width, height, 3, message.subarray(message.length - width * height * 3));
        });
      } finally {
        tf.dispose([...given.map(([, tensor]) => tensor), ...pixels]);
      }
    },
    dispose: () => session.dispose(),
  };
}

function decodingNodes(graph: Graph, files: Value, windows: Value): Value[] {
  const slots = files.shape[0];
  const none: readonly number[] = [];
  const split = (value: Value, type: "string" | "int32", shape: readonly number[]): Value[] =>
    graph.node(
      "Unpack",
      [value],
      { T: { type }, num: { integer: slots }, axis: { integer: 0 } },
      new Array(slots).fill(shape),
    );
  const rectangles = split(windows, "int32", [4]);
  const image = [-1, -1, 3];
  return split(files, "string", none).map((file, i) => {
    const [decoded] = graph.node(
      "DecodeAndCropJpeg",
      [file, rectangles[i]],
      {
        ...{ channels: { integer: 3 }, ratio: { integer: 1 }, acceptable_fraction: { float: 1 } },
        ...{ fancy_upscaling: { flag: true }, try_recover_truncated: { flag: false } },
        dct_method: { text: "INTEGER_ACCURATE" },
      },
      [image],
    );
    // tfjs-node hands out no tensors of bytes, but strings: a message that ends with them.
    return graph.node("SerializeTensor", [decoded], { T: { type: "uint8" } }, [[]])[0];
  });
}
