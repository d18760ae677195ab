import type { Points } from "./decode";

/** Points whose name or identity holds the words, whatever their case; none for an empty search. */
export function matches({ names, labels, identities }: Points, words: string): number[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === "") return [];
  const known = identities.map((identity) => identity.toLowerCase().includes(wanted));
  const found: number[] = [];
  names.forEach((name, i) => {
    if (known[labels[i]] || name.toLowerCase().includes(wanted)) found.push(i);
  });
  return found;
}
