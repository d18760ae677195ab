/// <reference lib="dom" />
import { START, zoomedAt } from "./camera";
import { type ColourBy, colouringOf, type Key } from "./colouring";
import type { Points } from "./decode";
import { byId, grouped, make } from "./dom";
import { traceShape } from "./marks";
import type { Scene } from "./scene";
import type { MapName, State, Store } from "./store";

/** Keys of the legend; the rest is counted. */
const MOST_KEYS = 8;

/** Which map, by what it is coloured, whether pictures are drawn; the legend; the buttons on the map. */
export function mapPanel(points: Points, store: Store, scene: Scene): void {
  for (const radio of document.querySelectorAll<HTMLInputElement>("input[name=map]")) {
    radio.addEventListener("change", () => store.set({ map: radio.value as MapName }));
  }
  const colour = byId<HTMLSelectElement>("colour");
  points.columns.forEach(({ name }, i) => {
    const option = make("option", { text: name });
    option.value = String(i);
    colour.append(option);
  });
  colour.addEventListener("change", () => {
    const by = colour.value;
    store.set({ colour: by === "identity" || by === "errors" ? by : (Number(by) as ColourBy) });
  });
  store.on(["colour"], () => {
    colour.value = String(store.state.colour);
  });
  const pictures = byId<HTMLSelectElement>("pictures");
  pictures.addEventListener("change", () => store.set({ pictures: pictures.value as State["pictures"] }));
  store.on(["colour", "epoch", "threshold"], () => legend(points, store));
  store.on(["map"], () => {
    byId("axes").textContent = axesText(points, store.state.map);
  });
  const zoom = (factor: number): void =>
    scene.look(zoomedAt(scene.camera, scene.size, scene.size.width / 2, scene.size.height / 2, factor));
  byId("in").addEventListener("click", () => zoom(1.5));
  byId("out").addEventListener("click", () => zoom(1 / 1.5));
  byId("fit").addEventListener("click", () => scene.look(START));
  const lasso = byId("lasso");
  lasso.addEventListener("click", () => store.set({ lasso: !store.state.lasso }));
  store.on(["lasso"], () => {
    lasso.setAttribute("aria-pressed", String(store.state.lasso));
    scene.canvas.classList.toggle("drawing", store.state.lasso);
  });
}

function axesText({ explained }: Points, map: MapName): string {
  const axes = map.endsWith("3") ? 3 : 2;
  if (map.startsWith("umap")) return axes === 3 ? "Drag turns the map, the right button moves it." : "";
  const share = explained.slice(0, axes).reduce((a, b) => a + b, 0);
  return `These ${Math.min(axes, explained.length)} axes hold ${(100 * share).toFixed(0)} % of the variance.`;
}

function legend(points: Points, { state }: Store): void {
  const threshold = state.threshold * points.thresholdStep;
  const { keys, note } = colouringOf(points, state.colour, state.epoch, threshold);
  const rows = keys
    .slice(0, MOST_KEYS)
    .map((key) =>
      make(
        "li",
        {},
        swatch(key),
        make("bdi", { text: key.label }),
        make("span", { text: grouped(key.count), className: "soft" }),
      ),
    );
  if (keys.length > MOST_KEYS) {
    rows.push(make("li", { text: `and ${grouped(keys.length - MOST_KEYS)} more`, className: "soft" }));
  }
  byId("legend").replaceChildren(...rows);
  byId("legend-note").textContent = note;
}

function swatch({ colour, shape }: Key): HTMLCanvasElement {
  const canvas = make("canvas");
  canvas.width = canvas.height = 28;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.beginPath();
  traceShape(context, shape, 14, 14, 9);
  context.fillStyle = colour;
  context.fill();
  return canvas;
}
