import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import type { z } from "zod";
import { LabError, messageOf } from "../core/errors";

/** What is asked of the job server. */
export interface JobRequest<T> {
  readonly method: "GET" | "POST";
  /** Parts of the path behind `/api/jobs/`, still to be encoded. */
  readonly path?: readonly string[];
  readonly body?: object;
  /** What the answer must look like. */
  readonly answer: z.ZodType<T>;
}

/** The job server did not answer, or not as it should; another try may succeed. */
export class JobServerTrouble extends LabError {
  override readonly name: string = "JobServerTrouble";
}

/** Larger answers are refused: nobody reads a log of this size. */
const LARGEST_ANSWER = 2 ** 26;

/** Ray's job server, which takes command lines over HTTP. Node's `fetch` would not do: Ray takes it for a browser (405). */
export class JobServer {
  readonly address: string;
  private readonly url: URL;
  private readonly token: string | undefined;
  private readonly patience: number;

  /** `address` is `http://HOST:PORT` or https; `patience` the seconds to wait for an answer. Throws a LabError for another address. */
  constructor(address: string, token: string | undefined, patience = 20) {
    this.url = urlOf(address);
    this.address = this.url.origin;
    this.token = token;
    this.patience = patience;
  }

  /** Throws a {@link JobServerTrouble} when there is no answer or the server failed, a LabError when it refuses. */
  async ask<T>({ method, path = [], body, answer }: JobRequest<T>): Promise<T> {
    // The server wants the slash of the bare path and no other.
    const target = new URL(`/api/jobs/${path.map(encodeURIComponent).join("/")}`, this.url);
    const { status, text } = await this.send(method, target, body);
    if (status !== 200) throw this.refusal(status, text);
    try {
      return answer.parse(JSON.parse(text));
    } catch {
      throw new JobServerTrouble(
        `Cannot use the answer of the job server ${this.address}: it must be what Ray sends, current value is ${shortened(text)}`,
      );
    }
  }

  private async send(method: string, url: URL, body?: object): Promise<{ status: number; text: string }> {
    const content = body && Buffer.from(JSON.stringify(body));
    const headers = {
      ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
      ...(content && { "content-type": "application/json", "content-length": content.length }),
    };
    const request = url.protocol === "https:" ? requestSecure : requestPlain;
    const signal = AbortSignal.timeout(this.patience * 1000);
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request(url, { method, headers, signal }, resolve).once("error", reject).end(content);
      });
      return { status: response.statusCode ?? 0, text: await textOf(response) };
    } catch (error) {
      const why = signal.aborted ? `silence for ${this.patience} s` : messageOf(error);
      throw new JobServerTrouble(
        `Cannot reach the job server: ${this.address} must answer, current value is ${why}`,
      );
    }
  }

  private refusal(status: number, text: string): LabError {
    const at = `the job server ${this.address}`;
    if (status === 401 || status === 403) {
      return new LabError(
        `Cannot use ${at}: it wants its token, in RAY_AUTH_TOKEN or a file that RAY_AUTH_TOKEN_PATH names, current value is ${this.token === undefined ? "none" : "another one"} (status ${status})`,
      );
    }
    if (status >= 500)
      return new JobServerTrouble(`Cannot use ${at}: it failed with status ${status}: ${lastLine(text)}`);
    return new LabError(
      `Cannot use ${at}: it must take the request, current value is status ${status}: ${lastLine(text)}`,
    );
  }
}

function urlOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const bare = url && [`${url.origin}`, `${url.origin}/`].includes(address.toLowerCase());
  if (url && bare && /^https?:$/.test(url.protocol)) return url;
  throw new LabError(
    `Cannot use the job server: its address must be http://HOST:PORT or https://HOST:PORT, current value is ${address}`,
  );
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LARGEST_ANSWER) throw new Error(`an answer of more than ${LARGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The line of a Python traceback that says what is wrong. */
function lastLine(text: string): string {
  const lines = text.split("\n").filter((line) => /\w{3}/.test(line));
  return shortened(lines.at(-1)?.trim() ?? "");
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)} …` : text || "nothing";
}
