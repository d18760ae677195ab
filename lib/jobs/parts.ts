import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../core/container";
import { writeFileAtomic } from "../core/files";
import { layoutSchema, type NamedArrays, packArrays, unpackArrays } from "../worker/arrays";
import { encodeFrame, FrameReader } from "../worker/frame";

/** The parts of a job's result that are done, kept in a folder so that a job which was stopped goes on: one file per part, whole or not there. */
export interface Parts {
  /** A part that was kept, or undefined: then it must be computed (again). */
  load(part: number): NamedArrays | undefined;
  save(part: number, arrays: NamedArrays): void;
}

/** Parts in files of a folder, each one frame with the SHA-256 of its body; a damaged file counts as missing. */
export function partsIn(folder: string): Parts {
  const path = (part: number): string => join(folder, `part-${String(part).padStart(6, "0")}.frame`);
  return {
    load: (part) => (existsSync(path(part)) ? decode(readFileSync(path(part))) : undefined),
    save: (part, arrays) => {
      const { layout, body } = packArrays(arrays);
      const bytes = Buffer.concat(body);
      writeFileAtomic(
        path(part),
        Buffer.concat(encodeFrame({ sha256: sha256(bytes), arrays: layout }, [bytes])),
      );
    },
  };
}

function decode(bytes: Uint8Array): NamedArrays | undefined {
  try {
    const reader = new FrameReader();
    reader.push(bytes);
    const [found] = reader.frames();
    if (!found || !("frame" in found)) return undefined;
    const { header, body } = found.frame;
    if (header.sha256 !== sha256(body)) return undefined;
    return unpackArrays(layoutSchema.parse(header.arrays), body);
  } catch {
    // Of another kind or damaged: the part is computed again.
    return undefined;
  }
}
