import { LabError, messageOf } from "../core/errors";
import { packArrays, unpackArrays } from "./arrays";
import { BrokenStream, encodeFrame, type Found, type Frame, FrameReader } from "./frame";
import { ops } from "./ops";
import { type AnswerHeader, requestSchema } from "./protocol";
import { closeSession, createSession, type Session } from "./session";

/** Where a worker's answers go; resolves when more can be written. */
export type WriteParts = (parts: readonly Uint8Array[]) => Promise<void>;

/** What a worker did until its input ended. */
export interface Served {
  /** Requests that were answered with a result, and with an error. */
  readonly answered: number;
  readonly refused: number;
  /** Why the stream could not be read to its end, if so. */
  readonly broken?: string;
}

/**
 * Answers the requests of a stream one after the other, until it ends. What is wrong with one request is answered as an error, and the next one is served; a
 * stream whose frames cannot be told apart any more is answered once and not read further.
 */
export async function serve(input: AsyncIterable<Uint8Array>, write: WriteParts): Promise<Served> {
  const session = createSession();
  const reader = new FrameReader();
  let [answered, refused] = [0, 0];
  try {
    for await (const chunk of input) {
      reader.push(chunk);
      for (const found of reader.frames()) {
        const { ok, parts } = await answer(session, found);
        if (ok) answered++;
        else refused++;
        await write(parts);
      }
    }
    reader.end();
    return { answered, refused };
  } catch (error) {
    if (!(error instanceof BrokenStream)) throw error;
    await write(errorParts(null, error));
    return { answered, refused, broken: error.message };
  } finally {
    closeSession(session);
  }
}

async function answer(session: Session, found: Found): Promise<{ ok: boolean; parts: Uint8Array[] }> {
  if ("malformed" in found) {
    return { ok: false, parts: errorParts(null, new LabError(`Cannot read a request: ${found.malformed}`)) };
  }
  const { id } = found.frame.header;
  try {
    return { ok: true, parts: await resultParts(session, found.frame) };
  } catch (error) {
    return { ok: false, parts: errorParts(Number.isSafeInteger(id) ? (id as number) : null, error) };
  }
}

async function resultParts(session: Session, { header, body }: Frame): Promise<Uint8Array[]> {
  const parsed = requestSchema.safeParse(header);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new LabError(`Cannot read a request: ${issue.path.join(".") || "header"}: ${issue.message}`);
  }
  const { id, op, params, arrays: layout } = parsed.data;
  if (!Object.hasOwn(ops, op)) {
    throw new LabError(
      `Cannot answer a request: the op must be one of ${Object.keys(ops).join(", ")}, current value is ${op}`,
    );
  }
  if (op !== "hello" && !session.greeted) {
    throw new LabError(`Cannot ${op}: hello must come first, so that both sides speak one version`);
  }
  const { result, arrays } = await ops[op].run(session, params, unpackArrays(layout, body));
  const packed = packArrays(arrays);
  const answerHeader: AnswerHeader = { id, ok: true, result, arrays: packed.layout };
  return encodeFrame(answerHeader, packed.body);
}

function errorParts(id: number | null, error: unknown): Uint8Array[] {
  const kind = error instanceof LabError ? "LabError" : error instanceof RangeError ? "RangeError" : "Error";
  const header: AnswerHeader = { id, ok: false, error: { kind, message: messageOf(error) } };
  return encodeFrame(header);
}
