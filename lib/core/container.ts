import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { LabError, messageOf } from "./errors";
import { writeFileAtomic } from "./files";

const MAGIC = "facenet-lab vectors 1\n";
/** No checkpoint of this library comes near; protects memory against a wrong file. */
const LARGEST_FILE = 8 * 2 ** 30;

/** A JSON header and named vectors of 32-bit floats in one file, with a checksum over all of it. */
export interface VectorFile {
  readonly header: unknown;
  readonly vectors: readonly Float32Array[];
}

/**
 * Layout: magic line, SHA-256 of the rest (64 hex digits and a newline), header length (digits and a newline), JSON, then the vectors
 * as little-endian floats. Written whole or not at all.
 */
export function writeVectorFile(path: string, header: unknown, vectors: readonly Float32Array[]): void {
  const json = Buffer.from(JSON.stringify({ header, lengths: vectors.map((vector) => vector.length) }));
  const body = Buffer.concat([
    Buffer.from(`${json.length}\n`),
    json,
    ...vectors.map((v) => Buffer.from(v.buffer, v.byteOffset, v.byteLength)),
  ]);
  writeFileAtomic(path, Buffer.concat([Buffer.from(`${MAGIC}${sha256(body)}\n`), body]));
}

/** Reads a file of `writeVectorFile`. Throws a LabError that names the file when it is missing, truncated or changed. */
export function readVectorFile(path: string): VectorFile {
  try {
    if (statSync(path).size > LARGEST_FILE) throw new Error("it is too large");
    const file = readFileSync(path);
    const bodyStart = MAGIC.length + 65;
    if (file.subarray(0, MAGIC.length).toString("latin1") !== MAGIC) throw new Error("it is of another kind");
    const body = file.subarray(bodyStart);
    if (file.subarray(MAGIC.length, bodyStart - 1).toString("latin1") !== sha256(body)) {
      throw new Error("its checksum does not fit; it is truncated or was changed");
    }
    const lineEnd = body.indexOf("\n");
    const jsonEnd = lineEnd + 1 + Number(body.subarray(0, lineEnd).toString("latin1"));
    const { header, lengths } = JSON.parse(body.subarray(lineEnd + 1, jsonEnd).toString("utf8")) as {
      header: unknown;
      lengths: number[];
    };
    let offset = jsonEnd;
    const vectors = lengths.map((length) => {
      const bytes = body.subarray(offset, offset + 4 * length);
      if (bytes.length !== 4 * length) throw new Error("it is truncated");
      offset += 4 * length;
      return new Float32Array(new Uint8Array(bytes).buffer);
    });
    return { header, vectors };
  } catch (error) {
    throw new LabError(`Cannot read ${path}: ${messageOf(error)}`);
  }
}

export function sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
