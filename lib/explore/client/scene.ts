/// <reference lib="dom" />
import { type Bounds, boundsOf, type Camera, originOf, project, START, type View } from "./camera";
import { type Colouring, colouringOf } from "./colouring";
import type { Epoch, Points } from "./decode";
import { byId } from "./dom";
import { chosenEdges } from "./edges";
import { type Grid, gridOf } from "./grid";
import { type MarkSheet, markSheet } from "./marks";
import { MOST_SIDE, paint, spriteSide } from "./paint";
import type { MapName, Store } from "./store";
import type { Thumbs } from "./thumbs";

/** The map on its canvas. It is drawn anew, once per frame at most, after every change of the store or of the camera. */
export interface Scene {
  readonly canvas: HTMLCanvasElement;
  readonly camera: Camera;
  readonly size: View;
  /** x, y of every point in pixels of the canvas, as last drawn. */
  readonly screen: Float32Array;
  look(camera: Camera): void;
  setLasso(polygon: readonly number[]): void;
  /** The point under (x, y), or −1. */
  pick(x: number, y: number): number;
  redraw(): void;
  /** Calls back after every drawing. */
  onDraw(act: () => void): void;
}

/** Milliseconds after a frame that moved until all points are drawn. */
const REST = 150;

/** Milliseconds that points take from one epoch's places to the next one's. */
const GLIDE = 350;

/** Pixels that a fit leaves free at every edge: half of the largest picture with its frame, and a little air. */
const EDGE = MOST_SIDE / 2 + 6;

export function createScene(points: Points, store: Store, thumbs: () => Thumbs | undefined): Scene {
  const canvas = byId<HTMLCanvasElement>("map");
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const screen = new Float32Array(2 * points.count);
  const depth = new Float32Array(points.count);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const bounds = new Map<MapName, Bounds>();
  let camera = START;
  let size: View = { width: 1, height: 1, edge: EDGE, bar: 0 };
  let grid: Grid | undefined;
  let lasso: readonly number[] = [];
  let asked = false;
  let moving = false;
  let rest = 0;
  let drawn = (): void => {};
  let sprite = 0;
  let colouring: Colouring = colouringOf(points, "identity", 0, 0);
  let marks: MarkSheet = markSheet([], "", 1);
  let glide: { from: Float32Array; to: Float32Array; start: number } | undefined;
  let places = placesOf(points.epochs[store.state.epoch], store.state.map);

  const redraw = (): void => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(draw);
  };
  const draw = (now: number): void => {
    asked = false;
    const { map, epoch, edges, threshold, pictures, chosen, focus, found, selected, dark } = store.state;
    const form = formOf(map);
    const known =
      bounds.get(map) ??
      boundsOf(
        points.epochs.map((one) => placesOf(one, map)),
        form.stride,
        form.axes,
      );
    bounds.set(map, known);
    project(glided(now), { ...form, bounds: known }, camera, size, screen, depth);
    grid = undefined;
    const pictured = thumbs();
    sprite = !pictured || pictures === "off" ? 0 : spriteSide(screen, size);
    if (pictured && pictures === "on") sprite = Math.max(20, sprite);
    paint(context, {
      size,
      ratio: window.devicePixelRatio,
      screen,
      depth: form.axes === 3 ? depth : undefined,
      colouring,
      marks,
      edges: chosenEdges(points.epochs[epoch], edges, threshold * points.thresholdStep),
      thumbs: pictured,
      sprite,
      stacked: pictures === "on",
      marked: [...found, ...selected],
      rings: [
        ...(chosen >= 0 ? [{ point: chosen, width: 3 }] : []),
        ...(focus >= 0 && document.activeElement === canvas ? [{ point: focus, width: 1.5 }] : []),
      ],
      lasso,
      ink: dark ? "#ffffff" : "#111111",
      moving: moving ? { origin: originOf(camera, size) } : undefined,
    });
    drawn();
    if (!moving) return;
    clearTimeout(rest);
    rest = window.setTimeout(() => {
      moving = false;
      redraw();
    }, REST);
  };
  /** Few points are drawn in the next frame, and all of them when no other move has followed it. */
  const move = (): void => {
    moving = true;
    clearTimeout(rest);
    redraw();
  };
  const glided = (now: number): Float32Array => {
    if (!glide) return places;
    const { from, to } = glide;
    const part = Math.min(1, (now - glide.start) / GLIDE);
    if (part >= 1) glide = undefined;
    else move();
    const eased = part * part * (3 - 2 * part);
    return from.map((value, o) => value + eased * (to[o] - value));
  };
  const fit = (): void => {
    const { clientWidth: width, clientHeight: height } = canvas;
    size = { width, height, edge: EDGE, bar: height - byId("buttons").offsetTop };
    canvas.width = Math.round(width * window.devicePixelRatio);
    canvas.height = Math.round(height * window.devicePixelRatio);
    recolour();
  };
  const recolour = (): void => {
    const { colour, epoch, threshold, dark } = store.state;
    colouring = colouringOf(points, colour, epoch, threshold * points.thresholdStep);
    marks = markSheet(colouring.keys, dark ? "#161b22" : "#ffffff", window.devicePixelRatio);
    redraw();
  };

  store.on(["map"], () => {
    glide = undefined;
    camera = START;
    places = placesOf(points.epochs[store.state.epoch], store.state.map);
    redraw();
  });
  store.on(["epoch"], () => {
    const to = placesOf(points.epochs[store.state.epoch], store.state.map);
    if (to !== places && !calm.matches)
      glide = { from: glided(performance.now()), to, start: performance.now() };
    places = to;
    redraw();
  });
  store.on(["colour", "dark"], recolour);
  store.on(["epoch", "threshold"], () => {
    if (store.state.colour === "errors") recolour();
    else redraw();
  });
  store.on(["pictures", "edges", "chosen", "focus", "found", "selected"], redraw);
  new ResizeObserver(fit).observe(canvas);
  fit();
  return {
    canvas,
    get camera() {
      return camera;
    },
    get size() {
      return size;
    },
    screen,
    look: (to) => {
      camera = to;
      move();
    },
    setLasso: (polygon) => {
      lasso = polygon;
      redraw();
    },
    pick: (x, y) => {
      grid ??= gridOf(screen);
      return grid.nearest(x, y, Math.max(12, Math.min(32, 0.6 * sprite)));
    },
    redraw,
    onDraw: (act) => {
      drawn = act;
    },
  };
}

function placesOf(epoch: Epoch, map: MapName): Float32Array {
  return map === "umap2" ? epoch.umap2 : map === "umap3" ? epoch.umap3 : epoch.pca;
}

/** Numbers per point, and how many of them are axes of the map. */
function formOf(map: MapName): { readonly stride: number; readonly axes: 2 | 3 } {
  return { stride: map === "umap2" ? 2 : 3, axes: map === "umap2" || map === "pca2" ? 2 : 3 };
}
