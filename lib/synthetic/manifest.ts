import { decodeCsv, encodeCsv } from "../core/csv";
import { LabError } from "../core/errors";
import { type Nuisance, plain } from "./nuisance";

/** One image of a generated set: where it lies, who it shows, every factor, and the five points. */
export interface ManifestRow {
  /** Path inside the set, `<identity>/<image>.jpg`. */
  readonly file: string;
  /** Folder it lies in. */
  readonly identity: string;
  /** Who it really shows; another one where the label is noise. */
  readonly trueIdentity: string;
  readonly nuisance: Nuisance;
  /** x, y of image-left eye, image-right eye, nose tip, image-left and image-right mouth corner; pixels. */
  readonly landmarks: Float32Array;
}

export const factorNames: readonly (keyof Nuisance)[] = Object.keys(plain) as (keyof Nuisance)[];
const POINTS = ["leftEye", "rightEye", "nose", "leftMouth", "rightMouth"].flatMap((name) => [
  `${name}X`,
  `${name}Y`,
]);
const HEADER = ["file", "identity", "trueIdentity", ...factorNames, ...POINTS];

/** The manifest as CSV: a header, then one line per image. */
export function encodeManifest(rows: readonly ManifestRow[]): string {
  return encodeCsv([
    HEADER,
    ...rows.map((row) => [
      row.file,
      row.identity,
      row.trueIdentity,
      ...factorNames.map((name) => {
        const value = row.nuisance[name];
        return typeof value === "number" ? Number(value.toPrecision(9)) : value;
      }),
      ...Array.from(row.landmarks, (v) => Number(v.toFixed(3))),
    ]),
  ]);
}

/** Reads a manifest. Throws a LabError that names file and line. */
export function decodeManifest(text: string, name: string): ManifestRow[] {
  const [header, ...rows] = decodeCsv(text, name);
  if (header?.join() !== HEADER.join()) {
    throw new LabError(`Cannot read ${name}: line 1: the columns must be those of facenet-lab generate`);
  }
  return rows.map((cells, i) => {
    if (cells.length !== HEADER.length) {
      throw new LabError(
        `Cannot read ${name}: line ${i + 2}: ${HEADER.length} cells are needed, current value is ${cells.length}`,
      );
    }
    const number = (cell: string): number => {
      const value = cell.trim() === "" ? Number.NaN : Number(cell);
      if (!Number.isFinite(value)) {
        throw new LabError(
          `Cannot read ${name}: line ${i + 2}: a number is needed, current value is ${cell}`,
        );
      }
      return value;
    };
    const nuisance = Object.fromEntries(
      factorNames.map((factor, k) => [factor, factor === "occlusion" ? cells[3 + k] : number(cells[3 + k])]),
    ) as unknown as Nuisance;
    return {
      file: cells[0],
      identity: cells[1],
      trueIdentity: cells[2],
      nuisance,
      landmarks: Float32Array.from(cells.slice(3 + factorNames.length), number),
    };
  });
}
