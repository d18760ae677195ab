/** What is known of a file in a store. */
export interface StoredFile {
  readonly bytes: number;
  /** SHA-256 in hex. */
  readonly sha256: string;
}

/**
 * A place for files by name, wherever it is: a folder, or a prefix of a bucket. Names are plain, without folders. A file is there whole or not at all: a writer that is
 * stopped leaves the old one or none. Every method throws a LabError that names the file when the place refuses.
 */
export interface Store {
  /** The place as a reader wrote it, for messages. */
  readonly url: string;
  /** All names, sorted. */
  list(): Promise<string[]>;
  /** Size and sum, or undefined where there is no such file. */
  find(name: string): Promise<StoredFile | undefined>;
  /** All of a file, or its bytes `from` to `to − 1`. */
  read(name: string, range?: { readonly from: number; readonly to: number }): Promise<Uint8Array>;
  /** Writes a file, in place of an older one, and makes sure that its size and sum have arrived. */
  write(name: string, data: string | Uint8Array): Promise<StoredFile>;
  /** Removes a file; one that is not there is no error. */
  remove(name: string): Promise<void>;
}

/** `place/name`, for messages. */
export function placeOf({ url }: Pick<Store, "url">, name: string): string {
  return url.endsWith("/") ? `${url}${name}` : `${url}/${name}`;
}

/** Throws a RangeError unless a name is plain: what a manifest names must not lead out of its place. */
export function checkName(name: string): void {
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/.test(name)) return;
  throw new RangeError(
    `Cannot use a file of a store: its name must be letters, digits, dots, dashes and underscores, current value is ${JSON.stringify(name)}`,
  );
}

/** Throws a RangeError unless a range lies in a file of so many bytes. */
export function checkRange(
  { from, to }: { readonly from: number; readonly to: number },
  bytes: number,
): void {
  if (Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from < to && to <= bytes) return;
  throw new RangeError(
    `Cannot read a range: 0 ≤ from < to ≤ ${bytes} is wanted, current values are ${from} and ${to}`,
  );
}
