/** One person who stands in two lists, under names that need not be spelled alike. */
export interface SharedName {
  readonly first: string;
  readonly second: string;
}

/** A name as it is compared: without case, accents and separators, so that `Jose-Maria_Aznar` equals `josé maría aznar`. */
export function plainName(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/**
 * Names that stand in both lists, in the order of the first. A name that has nothing but separators is compared as it is. Two people of one name are taken for
 * one; one person under two names is not found: for that there are the pictures.
 */
export function sharedNames(first: readonly string[], second: readonly string[]): SharedName[] {
  const key = (name: string): string => plainName(name) || name;
  const known = new Map<string, string[]>();
  for (const name of second) known.set(key(name), [...(known.get(key(name)) ?? []), name]);
  return first.flatMap((name) =>
    (known.get(key(name)) ?? []).map((other) => ({ first: name, second: other })),
  );
}
