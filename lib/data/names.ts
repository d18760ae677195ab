/**
 * Names come from folders that other people made: they are data, never paths to build on, keys of objects, or markup.
 */

/** Ascending by UTF-16 code units: the same order on every machine and in every locale. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Control characters, line separators, and the marks that reverse or hide text on a terminal. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/**
 * A name as it may stand in one line of a terminal or of an error: unprintable and text-reversing characters are shown
 * as `\u202e`, and names over `most` characters are cut in the middle. Not an escape for HTML.
 */
export function printable(name: string, most = 80): string {
  const shown = name.replace(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const characters = Array.from(shown);
  if (characters.length <= most) return shown;
  const half = Math.floor((most - 1) / 2);
  return `${characters.slice(0, half).join("")}…${characters.slice(-half).join("")}`;
}
