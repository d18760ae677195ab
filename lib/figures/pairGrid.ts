import { decodeImage, svgToPng } from "../image/codec";
import type { Raster } from "../image/raster";
import { palette } from "./palette";
import { jpegUri } from "./sprites";
import { fixed, px } from "./text";
import { FONT } from "./theme";

/** Pictures in rows and columns, and how far neighbours are apart. */
export interface PairGridData {
  /** Rows of pictures, all equally long. */
  readonly pictures: readonly (readonly Raster[])[];
  /** `right[r][c]`: distance of picture (r, c) from (r, c + 1). */
  readonly right: readonly (readonly number[])[];
  /** `below[r][c]`: distance of picture (r, c) from (r + 1, c). */
  readonly below: readonly (readonly number[])[];
  /** Distance from which on two pictures count as two people. */
  readonly threshold: number;
}

const SIDE = 112;
const GAP_X = 84;
const GAP_Y = 34;

/**
 * Faces with the distances between neighbours, in the manner of Figure 1 of Schroff et al. (2015): "=" and blue for one person by the threshold, "≠" and red for
 * two. Differs from the paper: any number of rows and columns; the decision is written beside the number.
 */
export async function pairGrid(data: PairGridData): Promise<Raster> {
  const uris = await Promise.all(
    data.pictures.map((row) => Promise.all(row.map((picture) => jpegUri(picture, 90)))),
  );
  return decodeImage(await svgToPng(pairGridSvg(uris, data)), "the grid");
}

/** The grid as SVG, from the addresses of its pictures. */
export function pairGridSvg(
  uris: readonly (readonly string[])[],
  { right, below, threshold }: Omit<PairGridData, "pictures">,
): string {
  const columns = Math.max(0, ...uris.map((row) => row.length));
  const width = columns * SIDE + Math.max(0, columns - 1) * GAP_X;
  const height = uris.length * SIDE + Math.max(0, uris.length - 1) * GAP_Y;
  const left = (c: number): number => c * (SIDE + GAP_X);
  const top = (r: number): number => r * (SIDE + GAP_Y);
  const number = (value: number, x: number, y: number): string => {
    const same = value < threshold;
    return `<text x="${px(x)}" y="${px(y)}" text-anchor="middle" fill="${same ? palette.same : palette.different}">${same ? "=" : "≠"} ${fixed(value, 2)}</text>`;
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="${FONT.replaceAll("'", "")}" font-size="17" font-weight="600">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...uris.flatMap((row, r) =>
      row.map(
        (uri, c) => `<image x="${left(c)}" y="${top(r)}" width="${SIDE}" height="${SIDE}" href="${uri}"/>`,
      ),
    ),
    ...right.flatMap((row, r) =>
      row.map((value, c) => number(value, left(c) + SIDE + GAP_X / 2, top(r) + SIDE / 2 + 6)),
    ),
    ...below.flatMap((row, r) =>
      row.map((value, c) => number(value, left(c) + SIDE / 2, top(r) + SIDE + GAP_Y / 2 + 6)),
    ),
    "</svg>",
  ].join("\n");
}
