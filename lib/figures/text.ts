/** Text inside figures: identity names are data from folder names and may hold anything. */

/** Every character that XML 1.0 forbids (control characters, halves of surrogate pairs, U+FFFE, U+FFFF) becomes �. */
export function cleanText(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) as number;
    const control = code < 32 && code !== 9 && code !== 10 && code !== 13;
    const half = code >= 0xd800 && code <= 0xdfff;
    return control || half || code === 0xfffe || code === 0xffff ? "\ufffd" : character;
  }).join("");
}

/** A name for Plotly, which reads a little markup: escaped, and cut after `most` characters. */
export function plotlyName(name: string, most: number = 28): string {
  const characters = Array.from(cleanText(name));
  const short = characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : characters.join("");
  return short.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Text for SVG. Names may already be escaped for Plotly's markup: those entities are kept, everything else is escaped. */
export function escapeXml(text: string): string {
  return cleanText(text)
    .replaceAll(/&(?!(amp|lt|gt);)/g, "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Width in pixels, roughly: there is no font to ask. East Asian characters and emoji are wide. */
export function textWidth(text: string): number {
  const shown = text.replaceAll(/&(amp|lt|gt);/g, "&");
  return Array.from(shown).reduce((sum, c) => sum + ((c.codePointAt(0) as number) > 0x1100 ? 13 : 7), 0);
}

/** A number with `digits` decimals; in words when there is none. */
export function fixed(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "not a number";
}

/** A coordinate in pixels. */
export function px(value: number): string {
  return value.toFixed(1);
}
