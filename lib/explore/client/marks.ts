/// <reference lib="dom" />
import { type Key, SHAPES } from "./colouring";

/** Side of a mark's picture in pixels of the page. */
export const MARK = 14;

/** Corners of a cross, in turn. */
const PLUS: readonly (readonly [number, number])[] = [
  [-0.4, -1.2],
  [0.4, -1.2],
  [0.4, -0.4],
  [1.2, -0.4],
  [1.2, 0.4],
  [0.4, 0.4],
  [0.4, 1.2],
  [-0.4, 1.2],
  [-0.4, 0.4],
  [-1.2, 0.4],
  [-1.2, -0.4],
  [-0.4, -0.4],
];

/** Draws a mark's shape around (x, y): circle, square, triangle, diamond, triangle down, cross. */
export function traceShape(
  context: CanvasRenderingContext2D | Path2D,
  shape: number,
  x: number,
  y: number,
  r: number,
): void {
  const corners = (...at: readonly (readonly [number, number])[]): void => {
    at.forEach(([dx, dy], i) => {
      if (i === 0) context.moveTo(x + dx * r, y + dy * r);
      else context.lineTo(x + dx * r, y + dy * r);
    });
    context.closePath();
  };
  switch (shape % SHAPES) {
    case 0:
      context.moveTo(x + r, y);
      context.arc(x, y, r, 0, 2 * Math.PI);
      break;
    case 1:
      context.rect(x - 0.85 * r, y - 0.85 * r, 1.7 * r, 1.7 * r);
      break;
    case 2:
      corners([0, -1.15], [1.1, 0.85], [-1.1, 0.85]);
      break;
    case 3:
      corners([0, -1.25], [1.05, 0], [0, 1.25], [-1.05, 0]);
      break;
    case 4:
      corners([0, 1.15], [1.1, -0.85], [-1.1, -0.85]);
      break;
    default:
      corners(...PLUS);
  }
}

/** Pictures of marks side by side: that of key k starts at `left[k]` and is `side` wide and high, in pixels of the screen. */
export interface MarkSheet {
  readonly canvas: HTMLCanvasElement;
  readonly left: readonly number[];
  readonly side: number;
}

/** The keys' marks, drawn once and then copied: thousands of copies from one canvas are cheaper than thousands of shapes. */
export function markSheet(keys: readonly Key[], edge: string, ratio: number): MarkSheet {
  const different = [...new Map(keys.map((key) => [`${key.colour} ${key.shape}`, key])).values()];
  const at = new Map(different.map(({ colour, shape }, i) => [`${colour} ${shape}`, i]));
  const side = Math.ceil(MARK * ratio);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, side * different.length);
  canvas.height = side;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.strokeStyle = edge;
  context.lineWidth = 0.8 * ratio;
  different.forEach(({ colour, shape }, i) => {
    context.beginPath();
    traceShape(context, shape, (i + 0.5) * side, side / 2, 4.4 * ratio);
    context.fillStyle = colour;
    context.fill();
    context.stroke();
  });
  return { canvas, left: keys.map(({ colour, shape }) => side * (at.get(`${colour} ${shape}`) ?? 0)), side };
}
