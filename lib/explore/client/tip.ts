/// <reference lib="dom" />
import type { Points } from "./decode";
import { byId, make } from "./dom";
import type { Scene } from "./scene";
import type { Store } from "./store";
import { type Thumbs, tile } from "./thumbs";

/** What hovers beside the point under the pointer, or the one that the keyboard is at: picture, identity, name and the column of the colours. */
export function showTip(points: Points, store: Store, scene: Scene, thumbs: () => Thumbs | undefined): void {
  const tip = byId("tip");
  let point = -1;
  const place = (): void => {
    if (point < 0) return;
    const [x, y] = [scene.screen[2 * point], scene.screen[2 * point + 1]];
    tip.style.left = `${Math.max(4, Math.min(x + 14, scene.size.width - tip.offsetWidth - 4))}px`;
    const below = y + 14 + tip.offsetHeight < scene.size.height;
    tip.style.top = `${Math.max(4, below ? y + 14 : y - 14 - tip.offsetHeight)}px`;
  };
  const update = (): void => {
    const { hover, focus, colour, chosen } = store.state;
    const atKeyboard = document.activeElement === scene.canvas && focus !== chosen ? focus : -1;
    point = hover >= 0 ? hover : atKeyboard;
    scene.canvas.style.cursor = hover >= 0 ? "pointer" : "";
    tip.hidden = point < 0;
    if (point < 0) return;
    const column = typeof colour === "number" ? points.columns[colour] : undefined;
    const lines = make(
      "div",
      {},
      make("bdi", { text: points.identities[points.labels[point]] }),
      make("bdi", { text: points.names[point], className: "soft" }),
    );
    if (column) {
      lines.append(
        make("bdi", { text: `${column.name}: ${column.values[column.codes[point]]}`, className: "soft" }),
      );
    }
    tip.replaceChildren(...(thumbs() ? [tile(thumbs(), point)] : []), lines);
    place();
  };
  store.on(["hover", "focus", "chosen"], update);
  scene.canvas.addEventListener("focus", update);
  scene.canvas.addEventListener("blur", update);
  scene.onDraw(place);
}
