/// <reference lib="dom" />
import { pannedBy, START, turnedBy, zoomedAt } from "./camera";
import type { Points } from "./decode";
import { announce, byId } from "./dom";
import { pointAhead } from "./grid";
import type { Scene } from "./scene";
import type { Store } from "./store";

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * Keys on the map: arrows go from point to point, with shift they pan or turn; Enter lists neighbours; + − 0 zoom. Anywhere: "/" goes to the search,
 * Escape undoes one thing at a time (lasso, chosen point, selection, search, the point that the keyboard is at).
 */
export function listenToKeys(points: Points, scene: Scene, store: Store): void {
  const { canvas } = scene;
  const middle = (): readonly [number, number] => [scene.size.width / 2, scene.size.height / 2];
  const goTo = (point: number): void => {
    if (point < 0) return;
    store.set({ focus: point });
    announce(`${points.names[point]}, ${points.identities[points.labels[point]]}`);
    const [x, y] = [scene.screen[2 * point], scene.screen[2 * point + 1]];
    const { width, height } = scene.size;
    if (x < 0 || y < 0 || x > width || y > height)
      scene.look(pannedBy(scene.camera, width / 2 - x, height / 2 - y));
  };
  const nearestToMiddle = (): number => {
    let [best, at] = [Number.POSITIVE_INFINITY, -1];
    const [x, y] = middle();
    for (let i = 0; i < points.count; i++) {
      const squared = (scene.screen[2 * i] - x) ** 2 + (scene.screen[2 * i + 1] - y) ** 2;
      if (squared < best) [best, at] = [squared, i];
    }
    return at;
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { focus, map } = store.state;
    const arrow = ARROWS[event.key];
    if (arrow && event.shiftKey) {
      const [dx, dy] = arrow;
      const { camera } = scene;
      scene.look(
        map.endsWith("3") ? turnedBy(camera, 15 * dx, 15 * dy) : pannedBy(camera, -60 * dx, -60 * dy),
      );
    } else if (arrow) goTo(focus < 0 ? nearestToMiddle() : pointAhead(scene.screen, focus, ...arrow));
    else if (event.key === "Enter" || event.key === " ") store.set({ chosen: focus });
    else if (event.key === "+" || event.key === "=")
      scene.look(zoomedAt(scene.camera, scene.size, ...middle(), 1.4));
    else if (event.key === "-") scene.look(zoomedAt(scene.camera, scene.size, ...middle(), 1 / 1.4));
    else if (event.key === "0") scene.look(START);
    else return;
    event.preventDefault();
  });
  canvas.addEventListener("focus", scene.redraw);
  canvas.addEventListener("blur", scene.redraw);
  document.addEventListener("keydown", (event) => {
    const typing = (event.target as HTMLElement).matches("input[type=search]");
    if (event.key === "/" && !typing) {
      byId("find").focus();
      event.preventDefault();
    } else if (event.key === "Escape") undoOne(store);
  });
}

function undoOne(store: Store): void {
  const { hover, lasso, chosen, selected, found, focus } = store.state;
  if (hover >= 0) store.set({ hover: -1 });
  if (lasso) store.set({ lasso: false });
  else if (chosen >= 0) store.set({ chosen: -1 });
  else if (selected.length > 0) store.set({ selected: [] });
  else if (found.length > 0) {
    byId<HTMLInputElement>("find").value = "";
    store.set({ found: [] });
    byId("found").textContent = "";
  } else if (focus >= 0) store.set({ focus: -1 });
}
