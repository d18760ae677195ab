import { LabError } from "./errors";

/**
 * Rows as CSV (RFC 4180): cells with commas, quotes or line breaks are quoted. A text that a spreadsheet would take for a formula (`=1+1`, `@sum`, `-2+3`) gets
 * an apostrophe before it, and one that begins with apostrophes and then so, one more: names are data also there, and `decodeCsv` takes it off again.
 * Numbers stay as they are. Source: OWASP, "CSV Injection".
 */
export function encodeCsv(rows: Iterable<readonly (string | number)[]>): string {
  const lines: string[] = [];
  for (const row of rows) lines.push(row.map(encodeCell).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function encodeCell(value: string | number): string {
  const text = escapeFormula(String(value));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const FORMULA = /^'*[=+\-@\t\r\n]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^-Infinity$/i;

function escapeFormula(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

function unescapeFormula(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}

/** Parses CSV as `encodeCsv` writes it. Throws a LabError with file and line for a quote that is never closed. */
export function decodeCsv(text: string, name: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quotedSince = 0;
  let line = 1;
  const endCell = (): void => {
    row.push(unescapeFormula(cell));
    cell = "";
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "\n") line++;
    if (quotedSince > 0) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quotedSince = 0;
    } else if (c === '"' && cell === "") quotedSince = line;
    else if (c === ",") endCell();
    else if (c === "\n") {
      endCell();
      rows.push(row);
      row = [];
    } else if (c !== "\r") cell += c;
  }
  if (quotedSince > 0)
    throw new LabError(`Cannot read ${name}: line ${quotedSince}: a quote is never closed`);
  if (cell !== "" || row.length > 0) {
    endCell();
    rows.push(row);
  }
  return rows;
}
