/// <reference lib="dom" />
import { apart } from "./apart";
import type { Size } from "./camera";
import type { Colouring } from "./colouring";
import type { Edge } from "./edges";
import { MARK, type MarkSheet } from "./marks";
import { MOST_MOVING, thinned } from "./thin";
import type { Thumbs } from "./thumbs";

/** Everything that one picture of the map needs. Positions in pixels of the page. */
export interface Picture {
  readonly size: Size;
  readonly ratio: number;
  readonly screen: Float32Array;
  /** In [−2, 2], nearer is larger; undefined for a flat map. */
  readonly depth?: Float32Array;
  readonly colouring: Colouring;
  readonly marks: MarkSheet;
  readonly edges: readonly Edge[];
  readonly thumbs?: Thumbs;
  /** Side of the sprites; 0 draws marks. */
  readonly sprite: number;
  /** Whether sprites may lie on each other; where they may not, points without room for theirs are marks. */
  readonly stacked: boolean;
  /** Points that stand out; when there are any, the others fade. */
  readonly marked: readonly number[];
  readonly rings: readonly { readonly point: number; readonly width: number }[];
  readonly lasso: readonly number[];
  readonly ink: string;
  /** While the map moves few points are drawn; where its middle is in pixels of the page. Undefined at rest. */
  readonly moving?: { readonly origin: readonly [number, number] };
}

/** Side of the largest pictures in pixels. */
export const MOST_SIDE = 56;

const SAME = "#0084c8";
const DIFFERENT = "#d55e00";

/** A frame of its key's colour around each sprite. */
const FRAME = 2;

/** Size of marks among sprites: small, since they lie on other points' pictures. */
const AMONG_SPRITES = 0.65;

/** Draws sprites, edges, marks, rings and lasso, in that order; sprites that may lie on each other come after the edges. */
export function paint(context: CanvasRenderingContext2D, picture: Picture): void {
  const { size, ratio } = picture;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  const stands = standing(picture);
  const { points, sprites } = placed(picture, stands);
  const opacity = opacityOf(picture, stands);
  if (picture.stacked) paintEdges(context, picture);
  paintSprites(
    context,
    picture,
    points.filter((point) => sprites[point]),
    opacity,
  );
  if (!picture.stacked) paintEdges(context, picture);
  paintMarks(
    context,
    picture,
    points.filter((point) => !sprites[point]),
    opacity,
  );
  context.globalAlpha = 1;
  paintRings(context, picture, sprites);
  paintLasso(context, picture);
}

/** Side of sprites that fit between the points that are on the screen; 0 when they would be too small to see anything. */
export function spriteSide(screen: Float32Array, { width, height }: Size): number {
  let inside = 0;
  for (let o = 0; o < screen.length; o += 2) {
    if (screen[o] >= 0 && screen[o] < width && screen[o + 1] >= 0 && screen[o + 1] < height) inside++;
  }
  const side = 0.6 * Math.sqrt((width * height) / Math.max(1, inside));
  return side < 20 ? 0 : Math.min(MOST_SIDE, Math.round(side));
}

function paintEdges(context: CanvasRenderingContext2D, { edges, screen }: Picture): void {
  for (const error of [false, true]) {
    for (const same of [true, false]) {
      context.beginPath();
      for (const edge of edges) {
        if (edge.error !== error || edge.same !== same) continue;
        context.moveTo(screen[2 * edge.first], screen[2 * edge.first + 1]);
        context.lineTo(screen[2 * edge.second], screen[2 * edge.second + 1]);
      }
      context.strokeStyle = same ? SAME : DIFFERENT;
      context.lineWidth = error ? 1.6 : 1;
      context.globalAlpha = error ? 0.85 : 0.4;
      context.setLineDash(error ? [] : [4, 4]);
      context.stroke();
    }
  }
  context.setLineDash([]);
}

/** Points on the screen in the order in which they are drawn, and a 1 for each that shows its sprite. */
function placed(
  picture: Picture,
  stands: Uint8Array,
): { readonly points: Uint32Array; readonly sprites: Uint8Array } {
  const { screen, depth, size, marked, sprite, thumbs, stacked, moving, rings } = picture;
  const order = inOrder(depth, stands);
  const margin = Math.max(MARK, sprite);
  const points = (moving ? thinned(order, screen, size, moving.origin, MOST_MOVING) : order).filter((i) => {
    const [x, y] = [screen[2 * i], screen[2 * i + 1]];
    return x >= -margin && y >= -margin && x <= size.width + margin && y <= size.height + margin;
  });
  if (sprite === 0 || !thumbs) return { points, sprites: new Uint8Array(stands.length) };
  if (stacked) return { points, sprites: new Uint8Array(stands.length).fill(1) };
  // What stands out comes first, then what is nearest to the reader.
  const turns = [...rings.map(({ point }) => point), ...marked, ...points.toReversed()];
  const sideOf = (point: number): number => sprite * nearness(depth, point) + 2 * FRAME;
  return { points, sprites: apart(turns, screen, sideOf, 1.5 * sprite + 2 * FRAME) };
}

/** A 1 for each point that stands out. */
function standing({ screen, marked }: Picture): Uint8Array {
  const stands = new Uint8Array(screen.length / 2);
  for (const point of marked) stands[point] = 1;
  return stands;
}

/** How much larger than in the middle of the map a point is drawn. */
function nearness(depth: Float32Array | undefined, point: number): number {
  return depth ? 1 + 0.22 * depth[point] : 1;
}

/** How opaque each point is drawn: others than those that stand out fade, and so do far ones. */
function opacityOf({ depth, marked }: Picture, stands: Uint8Array): (point: number) => number {
  return (point) => {
    if (marked.length > 0 && !stands[point]) return 0.15;
    return depth ? Math.min(1, 0.75 + 0.25 * nearness(depth, point)) : 1;
  };
}

function paintSprites(
  context: CanvasRenderingContext2D,
  picture: Picture,
  points: Uint32Array,
  opacity: (point: number) => number,
): void {
  const { screen, depth, sprite, thumbs, colouring } = picture;
  for (const i of points) {
    const [x, y] = [screen[2 * i], screen[2 * i + 1]];
    const side = sprite * nearness(depth, i);
    const framed = side + 2 * FRAME;
    context.globalAlpha = opacity(i);
    context.fillStyle = colouring.keys[colouring.keyOf[i]].colour;
    context.fillRect(x - framed / 2, y - framed / 2, framed, framed);
    thumbs?.draw(context, i, x - side / 2, y - side / 2, side);
  }
}

function paintMarks(
  context: CanvasRenderingContext2D,
  picture: Picture,
  points: Uint32Array,
  opacity: (point: number) => number,
): void {
  const { screen, depth, ratio, colouring, marks, sprite } = picture;
  const { canvas, left: starts, side: from } = marks;
  const size = sprite > 0 ? AMONG_SPRITES * MARK : MARK;
  for (const i of points) {
    const side = size * nearness(depth, i);
    // On whole pixels of the screen, where copying needs no smoothing.
    const left = Math.round((screen[2 * i] - side / 2) * ratio) / ratio;
    const top = Math.round((screen[2 * i + 1] - side / 2) * ratio) / ratio;
    context.globalAlpha = opacity(i);
    context.drawImage(canvas, starts[colouring.keyOf[i]], 0, from, from, left, top, side, side);
  }
}

/** Slices of depth that are told apart. */
const SLICES = 256;

/** Far points first, and those that stand out last on a flat map; in turn where that is equal. */
function inOrder(depth: Float32Array | undefined, stands: Uint8Array): Uint32Array {
  if (!depth) return countingOrder(stands);
  const slice = (value: number): number => Math.max(0, Math.min(SLICES - 1, ((value + 2) * SLICES) / 4));
  return countingOrder(Uint8Array.from(depth, slice));
}

/** Places of the values in ascending order, equal ones in turn: a frame has no time for comparisons. */
function countingOrder(values: Uint8Array): Uint32Array {
  const starts = new Uint32Array(257);
  for (const value of values) starts[value + 1]++;
  for (let value = 1; value < 257; value++) starts[value] += starts[value - 1];
  const order = new Uint32Array(values.length);
  values.forEach((value, i) => {
    order[starts[value]++] = i;
  });
  return order;
}

/** Drawn around what is there: a sprite or a mark. */
function paintRings(
  context: CanvasRenderingContext2D,
  { rings, screen, sprite, ink }: Picture,
  sprites: Uint8Array,
): void {
  context.strokeStyle = ink;
  for (const { point, width } of rings) {
    context.lineWidth = width;
    context.beginPath();
    const radius = sprites[point] ? Math.max(9, 0.75 * sprite + 4) : 9;
    context.arc(screen[2 * point], screen[2 * point + 1], radius, 0, 2 * Math.PI);
    context.stroke();
  }
}

function paintLasso(context: CanvasRenderingContext2D, { lasso, ink }: Picture): void {
  if (lasso.length < 4) return;
  context.beginPath();
  for (let o = 0; o < lasso.length; o += 2) context.lineTo(lasso[o], lasso[o + 1]);
  context.closePath();
  context.strokeStyle = ink;
  context.lineWidth = 1.5;
  context.setLineDash([5, 4]);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = ink;
  context.globalAlpha = 0.08;
  context.fill();
  context.globalAlpha = 1;
}
