/** Names come from folders and files that other people made. Here they become text that a terminal or a Markdown page shows and does not obey. */

/** Control characters, and the marks that turn the reading order of a line. */
const COMMANDING = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** Text for a terminal: what would move its cursor, colour it or turn the reading order becomes its code (`\u001b`). Line feeds and tabs stay. */
export function terminalText(text: string): string {
  return text.replace(COMMANDING, (c) =>
    c === "\n" || c === "\t" ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A name in a line of Markdown: no markup, no HTML, no end of the line or of a table's cell. */
export function markdownText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[\r\n\t\u2028\u2029]+/g, " ")
    .replaceAll(/[\\`*_[\]|~#]/g, "\\$&");
}

/** The lines of a Markdown table. Cells that hold names must have gone through {@link markdownText}. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}
