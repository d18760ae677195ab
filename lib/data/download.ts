import { createHash } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { get as getPlain, type IncomingMessage } from "node:http";
import { get as getSecure } from "node:https";
import { basename, dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { Interrupted, LabError, messageOf } from "../core/errors";
import type { LongWork } from "../core/progress";

/** Options of {@link downloadFile}. */
export interface DownloadOptions extends LongWork {
  /** SHA-256 that the file must have, 64 hex digits. */
  readonly sha256: string;
  /** Seconds without a byte after which the transfer counts as cut; default 60. */
  readonly patience?: number;
}

const MOST_REDIRECTS = 5;

/**
 * Downloads one file over http(s). Bytes gather in `path.part`; a cut or stopped transfer goes on from there the next time. Only when the checksum fits does
 * the file get its name; with a wrong one the part is deleted. Throws a LabError that says what happened and what is kept.
 */
export async function downloadFile(url: string, path: string, options: DownloadOptions): Promise<void> {
  const part = `${path}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const have = existsSync(part) ? statSync(part).size : 0;
    const response = await request(url, have, options);
    const append = response.statusCode === 206;
    await receive(response, part, append ? have : 0, path, options);
  } catch (error) {
    if (options.signal?.aborted)
      throw new Interrupted(`Stopped: downloading ${basename(path)}; the next run goes on`);
    // 416: the part is already whole (or too long); the checksum decides.
    if (!(error instanceof RangeNotSatisfiable)) {
      throw new LabError(
        `Cannot download ${basename(path)} from ${url}: ${messageOf(error)}; what arrived is kept, run it again to go on`,
      );
    }
  }
  const sum = await fileSha256(part);
  if (sum !== options.sha256) {
    rmSync(part, { force: true });
    throw new LabError(
      `Cannot use the download of ${basename(path)}: its SHA-256 must be ${options.sha256}, current value is ${sum}; it was deleted`,
    );
  }
  renameSync(part, path);
}

class RangeNotSatisfiable extends Error {}

async function request(url: string, from: number, options: DownloadOptions): Promise<IncomingMessage> {
  let address = new URL(url);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const response = await open(address, from, options);
    const { statusCode = 0, headers } = response;
    if (statusCode === 200 || statusCode === 206) return response;
    response.resume();
    if (statusCode === 416) throw new RangeNotSatisfiable();
    if (![301, 302, 303, 307, 308].includes(statusCode) || !headers.location) {
      throw new Error(`the server answered ${statusCode}`);
    }
    address = new URL(headers.location, address);
  }
  throw new Error(`more than ${MOST_REDIRECTS} redirects`);
}

function open(
  address: URL,
  from: number,
  { signal, patience = 60 }: DownloadOptions,
): Promise<IncomingMessage> {
  const get = address.protocol === "https:" ? getSecure : address.protocol === "http:" ? getPlain : undefined;
  if (!get)
    return Promise.reject(
      new Error(`the address must begin with http or https, current value is ${address.protocol}`),
    );
  return new Promise((resolve, reject) => {
    const headers = from > 0 ? { range: `bytes=${from}-` } : {};
    const sent = get(address, { headers, signal }, resolve);
    sent.setTimeout(1000 * patience, () =>
      sent.destroy(new Error(`nothing arrived for ${patience} seconds`)),
    );
    sent.on("error", reject);
  });
}

async function receive(
  response: IncomingMessage,
  part: string,
  from: number,
  path: string,
  { progress, signal }: LongWork,
): Promise<void> {
  const expected = Number(response.headers["content-length"] ?? Number.NaN);
  const total = Number.isFinite(expected) ? from + expected : 0;
  let done = from;
  response.on("data", (chunk: Buffer) => {
    done += chunk.length;
    progress?.({
      stage: "download",
      done,
      total,
      detail: `${basename(path)}, ${(done / 1e6).toFixed(0)} MB`,
    });
  });
  await pipeline(response, createWriteStream(part, { flags: from > 0 ? "a" : "w" }), { signal });
  if (total > 0 && done !== total) throw new Error(`the transfer ended after ${done} of ${total} bytes`);
}

/** SHA-256 of a file, read in pieces. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
