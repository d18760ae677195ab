import { type NamedArrays, packArrays, unpackArrays } from "../../lib/worker/arrays";
import { encodeFrame, FrameReader } from "../../lib/worker/frame";
import { type AnswerHeader, answerSchema, PROTOCOL } from "../../lib/worker/protocol";
import { type Served, serve } from "../../lib/worker/serve";

/** One request to {@link asked}: an op with what it takes, or bytes as they are. */
export type Asked = readonly [op: string, params?: object, arrays?: NamedArrays] | Buffer;

/** An answer with its arrays. */
export interface Told {
  readonly header: AnswerHeader;
  readonly arrays: NamedArrays;
}

/** Serves the requests of one stream in this process, after a `hello`, and gives all answers but that of `hello`. */
export async function asked(...requests: readonly Asked[]): Promise<{ told: Told[]; served: Served }> {
  const hello: Asked = ["hello", { protocol: PROTOCOL }];
  const { told, served } = await askedFirst(hello, ...requests);
  return { told: told.slice(1), served };
}

/** {@link asked} without a `hello`. */
export async function askedFirst(...requests: readonly Asked[]): Promise<{ told: Told[]; served: Served }> {
  const bytes = Buffer.concat(requests.flatMap((request, id) => partsOf(request, id)));
  const reader = new FrameReader();
  const told: Told[] = [];
  const served = await serve(chunksOf(bytes), async (parts) => {
    reader.push(Buffer.concat(parts));
    for (const found of reader.frames()) {
      if (!("frame" in found)) throw new Error(found.malformed);
      const header = answerSchema.parse(found.frame.header);
      told.push({ header, arrays: header.ok ? unpackArrays(header.arrays, found.frame.body) : {} });
    }
  });
  reader.end();
  return { told, served };
}

/** The arrays and the result of a request that must have been answered. */
export function answerOf({ header, arrays }: Told): { result: Record<string, unknown>; arrays: NamedArrays } {
  if (!header.ok) throw new Error(header.error.message);
  return { result: header.result, arrays };
}

/** The message of a request that must have been refused. */
export function refusalOf({ header }: Told): string {
  if (header.ok) throw new Error("the request was answered");
  return `${header.error.kind}: ${header.error.message}`;
}

function partsOf(request: Asked, id: number): Uint8Array[] {
  if (Buffer.isBuffer(request)) return [request];
  const [op, params = {}, arrays = {}] = request;
  const { layout, body } = packArrays(arrays);
  return encodeFrame({ id, op, params, arrays: layout }, body);
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 60_000) yield bytes.subarray(at, at + 60_000);
}
