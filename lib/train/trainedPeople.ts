import { createHash } from "node:crypto";

/** Hex digits that are kept of each name's SHA-256: two of 50,000 names have the same with a probability of about a thousandth. */
const DIGITS = 10;
/** More names are not kept: a card stays small. */
const MOST = 50_000;

/** Digests of names, one after the other, ascending: tells whether a name is among them, and does not tell the names. `undefined` for more than 50,000. */
export function digestsOf(names: Iterable<string>): string | undefined {
  const digests = [...new Set(names)].map(digestOf).sort();
  return digests.length > MOST ? undefined : digests.join("");
}

/** Those of `names` that stand among {@link digestsOf}. */
export function namesAmong(digests: string, names: Iterable<string>): string[] {
  const known = new Set(digests.match(new RegExp(`.{${DIGITS}}`, "g")));
  return [...new Set(names)].filter((name) => known.has(digestOf(name)));
}

function digestOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, DIGITS);
}
