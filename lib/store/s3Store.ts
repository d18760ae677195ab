import { sha256 } from "../core/container";
import { LabError, messageOf } from "../core/errors";
import { checkName, checkRange, placeOf, type Store, type StoredFile } from "./store";

/** The one door to @aws-sdk/client-s3, which is loaded only here and only when somebody names an s3:// address. What of it is used: */
interface S3Module {
  readonly S3Client: new (
    options: object,
  ) => {
    send(command: object): Promise<S3Answer>;
  };
  readonly GetObjectCommand: S3Command;
  readonly HeadObjectCommand: S3Command;
  readonly PutObjectCommand: S3Command;
  readonly DeleteObjectCommand: S3Command;
  readonly ListObjectsV2Command: S3Command;
}
type S3Command = new (input: object) => object;
interface S3Answer {
  readonly Body?: { transformToByteArray(): Promise<Uint8Array> };
  readonly ContentLength?: number;
  readonly Metadata?: Readonly<Record<string, string>>;
  readonly Contents?: readonly { readonly Key?: string }[];
  readonly NextContinuationToken?: string;
}

/** Options of {@link s3Store}. */
export interface S3Options {
  /** Address of a server that speaks S3, as `http://localhost:9000`; default `FACENET_LAB_S3_ENDPOINT`, else Amazon's. */
  readonly endpoint?: string;
  /** How often a request is tried, at least 1; default 4. */
  readonly attempts?: number;
}

const INSTALL = "npm install --ignore-scripts --no-save @aws-sdk/client-s3@3.1175.0";

function load(): S3Module {
  // Which Node this package runs on is its own business; the kit's notice would stand between the lines of a command.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  try {
    return require("@aws-sdk/client-s3") as S3Module;
  } catch (error) {
    throw new LabError(
      `Cannot use s3:// addresses: the package @aws-sdk/client-s3 must be installed (${INSTALL}): ${messageOf(error).split("Require stack")[0]}`,
    );
  }
}

/**
 * A prefix of a bucket as a store: `s3://BUCKET/PREFIX`. Credentials and region come from the usual chain of Amazon's kit alone (environment, profile, role). S3 shows an
 * object when all of it has arrived and its SHA-256 was right; the sum is kept as `sha256` in the object's metadata and compared again after writing.
 * Throws a LabError for an address that is none, and when the package is not installed.
 */
export function s3Store(url: string, options: S3Options = {}): Store {
  const [, bucket, path] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(url) ?? [];
  const prefix = (path ?? "").replace(/\/+$/, "");
  if (bucket === undefined || prefix.split("/").some((part) => part === ".." || part === ".")) {
    throw new LabError(`Cannot use ${url}: an address like s3://BUCKET/PREFIX is wanted`);
  }
  const { endpoint = process.env.FACENET_LAB_S3_ENDPOINT, attempts = 4 } = options;
  if (endpoint !== undefined && !/^https?:\/\/[^\s/]+\/?$/.test(endpoint)) {
    throw new LabError(
      `Cannot use the S3 endpoint: http://HOST:PORT or https://HOST is wanted, current value is ${endpoint}`,
    );
  }
  const kit = load();
  const client = new kit.S3Client({
    maxAttempts: attempts,
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    // A server of one's own has no regions, but the signature wants one.
    ...(endpoint !== undefined && !process.env.AWS_REGION && { region: "us-east-1" }),
  });
  const keyOf = (name: string): { Bucket: string; Key: string } => {
    checkName(name);
    return { Bucket: bucket, Key: prefix === "" ? name : `${prefix}/${name}` };
  };
  const place = (name: string): string => placeOf({ url }, name);
  const asking = async <T>(what: string, ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof LabError || error instanceof RangeError) throw error;
      throw new LabError(`Cannot ${what}: ${nameOf(error)}${messageOf(error)}`);
    }
  };
  const find = (name: string): Promise<StoredFile | undefined> =>
    asking(`read ${place(name)}`, async () => {
      const head = await client.send(new kit.HeadObjectCommand(keyOf(name))).catch((error: unknown) => {
        if (statusOf(error) === 404) return undefined;
        throw error;
      });
      if (!head) return undefined;
      // An object that somebody else put there has no sum: it is read.
      const sum = head.Metadata?.sha256 ?? sha256(await read(name));
      return { bytes: head.ContentLength ?? 0, sha256: sum };
    });
  const read = (name: string, range?: { readonly from: number; readonly to: number }): Promise<Uint8Array> =>
    asking(`read ${place(name)}`, async () => {
      if (range) checkRange(range, Number.MAX_SAFE_INTEGER);
      const part = range && { Range: `bytes=${range.from}-${range.to - 1}` };
      const { Body } = await client.send(new kit.GetObjectCommand({ ...keyOf(name), ...part }));
      const data = Body ? await Body.transformToByteArray() : new Uint8Array(0);
      if (range) checkRange(range, range.from + data.length);
      return data;
    });
  return {
    url,
    find,
    read,
    list: () =>
      asking(`list ${url}`, async () => {
        const below = prefix === "" ? "" : `${prefix}/`;
        const names: string[] = [];
        let token: string | undefined;
        do {
          const page = await client.send(
            new kit.ListObjectsV2Command({
              Bucket: bucket,
              Prefix: below,
              Delimiter: "/",
              ContinuationToken: token,
            }),
          );
          for (const { Key } of page.Contents ?? [])
            if (Key && Key !== below) names.push(Key.slice(below.length));
          token = page.NextContinuationToken;
        } while (token !== undefined);
        return names.sort();
      }),
    write: (name, data) =>
      asking(`write ${place(name)}`, async () => {
        const bytes = typeof data === "string" ? Buffer.from(data) : data;
        const file = { bytes: bytes.length, sha256: sha256(bytes) };
        const sum = Buffer.from(file.sha256, "hex").toString("base64");
        await client.send(
          new kit.PutObjectCommand({
            ...keyOf(name),
            Body: bytes,
            ContentLength: bytes.length,
            ChecksumSHA256: sum,
            Metadata: { sha256: file.sha256 },
          }),
        );
        const there = await find(name);
        if (there?.bytes === file.bytes && there.sha256 === file.sha256) return file;
        throw new LabError(
          `Cannot write ${place(name)}: ${file.bytes} bytes of SHA-256 ${file.sha256} must have arrived, current value is ${there ? `${there.bytes} bytes of ${there.sha256}` : "none"}`,
        );
      }),
    remove: (name) =>
      asking(`remove ${place(name)}`, async () => {
        await client.send(new kit.DeleteObjectCommand(keyOf(name)));
      }),
  };
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}

/** What kind of error it is, where its message says little. */
function nameOf(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  return name === "" || name === "Error" ? "" : `${name}: `;
}
