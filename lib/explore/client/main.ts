/// <reference lib="dom" />
import type { PageData } from "../pageData";
import { decodePage } from "./decode";
import { byId } from "./dom";
import { listenToPointers } from "./gestures";
import { listenToKeys } from "./keys";
import { listPanel, searchBox } from "./listPanel";
import { mapPanel } from "./mapPanel";
import { pointPanel } from "./pointPanel";
import { equalErrorIndex } from "./rates";
import { createScene } from "./scene";
import { edgeSliders, epochSlider, thresholdSlider } from "./sliders";
import { createStore } from "./store";
import { type Thumbs, thumbsOf } from "./thumbs";
import { showTip } from "./tip";

const page = JSON.parse(byId("data").textContent ?? "") as PageData;
const points = decodePage(page);
const last = points.epochs.length - 1;
const most = points.epochs[last].same.length - 1;
const system = window.matchMedia("(prefers-color-scheme: dark)");

const store = createStore({
  map: "umap2",
  epoch: last,
  threshold:
    points.threshold === null
      ? equalErrorIndex(points.epochs[last])
      : Math.min(most, Math.round(points.threshold / points.thresholdStep)),
  colour: "identity",
  pictures: "auto",
  edges: { positives: 20, negatives: 20, farther: 0, nearer: 0 },
  chosen: -1,
  focus: -1,
  hover: -1,
  found: [],
  selected: [],
  lasso: false,
  dark: system.matches,
});

let pictures: Thumbs | undefined;
const thumbs = (): Thumbs | undefined => pictures;
const scene = createScene(points, store, thumbs);
if (page.sheet) pictures = thumbsOf(page.sheet, points.count, scene.redraw);
else byId("pictures-row").hidden = true;

system.addEventListener("change", () => store.set({ dark: system.matches }));
byId("theme").addEventListener("click", () => store.set({ dark: !store.state.dark }));
store.on(["dark"], () => {
  document.documentElement.dataset.theme = store.state.dark ? "dark" : "light";
});
mapPanel(points, store, scene);
epochSlider(points, store);
thresholdSlider(points, store);
edgeSliders(points, store);
pointPanel(points, store, thumbs);
listPanel(points, store, thumbs);
searchBox(points, store);
showTip(points, store, scene, thumbs);
listenToPointers(scene, store);
listenToKeys(points, scene, store);
document.documentElement.dataset.ready = "true";
