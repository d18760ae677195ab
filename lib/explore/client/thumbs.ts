/// <reference lib="dom" />
import type { PageSheet } from "../pageData";
import { bytesOf } from "./decode";
import { make } from "./dom";

/** The thumbnails of all points. */
export interface Thumbs {
  /** Draws a point's picture into a square of the canvas; nothing before the sheet is decoded. */
  draw(context: CanvasRenderingContext2D, point: number, x: number, y: number, side: number): void;
  /** Shows a point's picture as the background of an element. */
  place(element: HTMLElement, point: number): void;
}

/** Decodes the sheet, which is handed to the browser as a blob, and calls `ready` when it can be drawn. */
export function thumbsOf(sheet: PageSheet, count: number, ready: () => void): Thumbs {
  const { columns, side } = sheet;
  const url = URL.createObjectURL(new Blob([bytesOf(sheet.jpeg)], { type: "image/jpeg" }));
  const image = new Image();
  let decoded = false;
  image.onload = () => {
    decoded = true;
    ready();
  };
  image.src = url;
  const lines = Math.ceil(count / columns);
  const share = (place: number, places: number): number => (places > 1 ? (place * 100) / (places - 1) : 0);
  return {
    draw: (context, point, x, y, to) => {
      if (!decoded) return;
      const [left, top] = [(point % columns) * side, Math.floor(point / columns) * side];
      context.drawImage(image, left, top, side, side, x, y, to, to);
    },
    place: (element, point) => {
      const { style } = element;
      style.backgroundImage = `url(${url})`;
      style.backgroundSize = `${columns * 100}% ${lines * 100}%`;
      style.backgroundPosition = `${share(point % columns, columns)}% ${share(Math.floor(point / columns), lines)}%`;
    },
  };
}

/** A tile with a point's picture, or nothing to see where there are no pictures. */
export function tile(thumbs: Thumbs | undefined, point: number): HTMLElement {
  const element = make("span", { className: thumbs ? "tile" : "tile none" });
  thumbs?.place(element, point);
  return element;
}
