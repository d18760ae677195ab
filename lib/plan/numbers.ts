const BYTES = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

/** Bytes in powers of 1000 with three digits: `102 GB`. */
export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log10(bytes) / 3 + 1e-12));
  return `${digits(bytes / 1000 ** power)} ${BYTES[power]}`;
}

/** A span in the unit that a reader would use: `3.2 s`, `14 min`, `5.1 h`, `12 days`, `3.4 years`; `never` for Infinity. */
export function spanText(seconds: number): string {
  if (seconds === Number.POSITIVE_INFINITY) return "never";
  if (seconds < 90) return `${digits(seconds)} s`;
  if (seconds < 90 * 60) return `${digits(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${digits(seconds / 3600)} h`;
  if (seconds < 365 * 86_400) return `${digits(seconds / 86_400)} days`;
  const years = digits(seconds / (365.25 * 86_400));
  return `${years} ${years === "1" ? "year" : "years"}`;
}

/** A number with two or three digits that count, thousands apart. */
export function digits(value: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) >= 1e15) return value.toExponential(1);
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(2)));
}
