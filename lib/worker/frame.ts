import { LabError, messageOf } from "../core/errors";

/**
 * Frames on a byte stream: two unsigned 64-bit little-endian lengths (of the header, of the body), the header as JSON in UTF-8, the body as raw bytes.
 * The same layout goes both ways and is what jobs keep on disk.
 */
export interface Frame {
  readonly header: Readonly<Record<string, unknown>>;
  /** Starts at a multiple of 8 bytes in memory of its own, so that arrays can be looked at in place. */
  readonly body: Uint8Array;
}

/** Bytes of the two lengths. */
const PREFIX = 16;

/** A longer header or body is refused before any of it is read: a stream of another kind must not take all memory. */
export const LARGEST_HEADER: number = 2 ** 24;
export const LARGEST_BODY: number = 2 ** 31;

/** A stream whose frames cannot be told apart any more: nothing after this point can be read. */
export class BrokenStream extends LabError {
  override readonly name: string = "BrokenStream";
}

/** A frame as bytes, in parts that are written one after the other (a large body is not copied). Throws a RangeError beyond the largest lengths. */
export function encodeFrame(header: object, body: readonly Uint8Array[] = []): Uint8Array[] {
  return [...encodeHead(header, bytesOf(body)), ...body];
}

/** A frame up to its body, which has `length` bytes and is written by somebody else. */
export function encodeHead(header: object, length: number): Uint8Array[] {
  const json = Buffer.from(JSON.stringify(header));
  if (json.length > LARGEST_HEADER || length > LARGEST_BODY) {
    throw new RangeError(
      `Cannot send a frame: the header may have ${LARGEST_HEADER} bytes and the body ${LARGEST_BODY}, current values are ${json.length} and ${length}`,
    );
  }
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeBigUInt64LE(BigInt(json.length), 0);
  prefix.writeBigUInt64LE(BigInt(length), 8);
  return [prefix, json];
}

/** Bytes of such parts together. */
export function bytesOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.byteLength, 0);
}

/** What a reader finds: a frame, or one whose header is no JSON object; the frames after that one can still be read. */
export type Found = { readonly frame: Frame } | { readonly malformed: string };

/** Cuts a stream of chunks, split anywhere, into frames. */
export class FrameReader {
  private readonly chunks: Uint8Array[] = [];
  private held = 0;
  private lengths: { readonly header: number; readonly body: number } | undefined;

  /** Takes the next bytes of the stream. */
  push(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.held += chunk.byteLength;
  }

  /** Takes out the frames that are complete. Throws a BrokenStream, after those before it, when a length is beyond the largest ones. */
  *frames(): Generator<Found> {
    for (;;) {
      if (!this.lengths) {
        if (this.held < PREFIX) return;
        this.lengths = lengthsOf(this.take(PREFIX));
      }
      const { header, body } = this.lengths;
      if (this.held < header + body) return;
      const json = this.take(header);
      const bytes = this.take(body);
      this.lengths = undefined;
      yield parse(json, bytes);
    }
  }

  /** Call at the end of the stream. Throws a BrokenStream when it ends within a frame. */
  end(): void {
    if (this.held === 0 && !this.lengths) return;
    const { header, body } = this.lengths ?? { header: PREFIX, body: 0 };
    throw new BrokenStream(
      `Cannot read the stream: it must end between two frames, it ends ${this.held} bytes into a part of ${header + body}`,
    );
  }

  private take(count: number): Buffer {
    // Memory of its own (not of Node's pool), so that it starts at a multiple of 8.
    const taken = Buffer.allocUnsafeSlow(count);
    let at = 0;
    let used = 0;
    while (at < count) {
      const chunk = this.chunks[used];
      const part = chunk.subarray(0, count - at);
      taken.set(part, at);
      at += part.byteLength;
      if (part.byteLength === chunk.byteLength) used++;
      else this.chunks[used] = chunk.subarray(part.byteLength);
    }
    this.chunks.splice(0, used);
    this.held -= count;
    return taken;
  }
}

function lengthsOf(prefix: Buffer): { header: number; body: number } {
  const [header, body] = [prefix.readBigUInt64LE(0), prefix.readBigUInt64LE(8)];
  if (header <= BigInt(LARGEST_HEADER) && body <= BigInt(LARGEST_BODY)) {
    return { header: Number(header), body: Number(body) };
  }
  throw new BrokenStream(
    `Cannot read a frame: a header of at most ${LARGEST_HEADER} bytes and a body of at most ${LARGEST_BODY} are wanted, current values are ${header} and ${body}`,
  );
}

function parse(json: Buffer, body: Uint8Array): Found {
  try {
    const header: unknown = JSON.parse(json.toString("utf8"));
    if (typeof header === "object" && header !== null && !Array.isArray(header)) {
      return { frame: { header: header as Frame["header"], body } };
    }
    return {
      malformed: `the header must be a JSON object, current value is ${JSON.stringify(header).slice(0, 60)}`,
    };
  } catch (error) {
    return { malformed: `the header must be a JSON object: ${messageOf(error)}` };
  }
}
