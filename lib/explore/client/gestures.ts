/// <reference lib="dom" />
import { pannedBy, turnedBy, zoomedAt } from "./camera";
import { pointsInside } from "./lasso";
import type { Scene } from "./scene";
import type { Store } from "./store";

/** Pixels that a pointer may move and still click. */
const STILL = 5;

interface Hand {
  x: number;
  y: number;
}

/**
 * Pointer, wheel and fingers on the map: hover, click, drag (pans a flat map and turns a deep one; with shift or the lasso button it draws a lasso; with the
 * right button it pans either), wheel and pinch (zoom).
 */
export function listenToPointers(scene: Scene, store: Store): void {
  const { canvas } = scene;
  const hands = new Map<number, Hand>();
  let moved = 0;
  let polygon: number[] | undefined;
  const placeOf = (event: MouseEvent): Hand => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const dragOne = (event: PointerEvent, from: Hand, to: Hand): void => {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const deep = store.state.map.endsWith("3");
    if (polygon) {
      polygon.push(to.x, to.y);
      scene.setLasso(polygon);
    } else
      scene.look(
        deep && (event.buttons & 2) === 0 ? turnedBy(scene.camera, dx, dy) : pannedBy(scene.camera, dx, dy),
      );
  };
  /** Two fingers: their middle pans, their distance zooms. */
  const pinch = (id: number, to: Hand): void => {
    const other = [...hands].find(([key]) => key !== id)?.[1] as Hand;
    const from = hands.get(id) as Hand;
    const apart = (a: Hand): number => Math.max(1, Math.hypot(a.x - other.x, a.y - other.y));
    const middle = { x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 };
    const panned = pannedBy(scene.camera, (to.x - from.x) / 2, (to.y - from.y) / 2);
    scene.look(zoomedAt(panned, scene.size, middle.x, middle.y, apart(to) / apart(from)));
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    hands.set(event.pointerId, placeOf(event));
    if (hands.size === 1) moved = 0;
    const { x, y } = placeOf(event);
    polygon = hands.size === 1 && (store.state.lasso || event.shiftKey) ? [x, y] : undefined;
    if (!polygon) scene.setLasso([]);
    store.set({ hover: -1 });
  });
  canvas.addEventListener("pointermove", (event) => {
    const to = placeOf(event);
    const from = hands.get(event.pointerId);
    if (!from) {
      if (event.pointerType !== "touch") store.set({ hover: scene.pick(to.x, to.y) });
      return;
    }
    moved += Math.hypot(to.x - from.x, to.y - from.y);
    if (hands.size === 2) pinch(event.pointerId, to);
    else if (hands.size === 1 && moved > STILL) dragOne(event, from, to);
    hands.set(event.pointerId, to);
  });
  const end = (event: PointerEvent): void => {
    if (!hands.delete(event.pointerId) || hands.size > 0) return;
    const { x, y } = placeOf(event);
    if (polygon && moved > STILL) store.set({ selected: pointsInside(polygon, scene.screen), lasso: false });
    else if (moved <= STILL && event.type === "pointerup") {
      const point = scene.pick(x, y);
      store.set(point < 0 ? { chosen: -1 } : { chosen: point, focus: point });
    }
    polygon = undefined;
    scene.setLasso([]);
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("pointerleave", () => store.set({ hover: -1 }));
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const { x, y } = placeOf(event);
      const lines = event.deltaMode === 1 ? 30 : 1;
      scene.look(zoomedAt(scene.camera, scene.size, x, y, Math.exp(-event.deltaY * lines * 0.0016)));
    },
    { passive: false },
  );
}
