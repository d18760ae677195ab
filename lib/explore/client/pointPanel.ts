/// <reference lib="dom" />
import type { Points } from "./decode";
import { announce, byId, make } from "./dom";
import { type Neighbour, neighboursOf, verdictsOf } from "./nearest";
import type { Store } from "./store";
import { type Thumbs, tile } from "./thumbs";

/** Neighbours that are listed. */
const LISTED = 12;

/** The chosen point: what is wrong about it, its cells, and its nearest neighbours with their squared L2. */
export function pointPanel(points: Points, store: Store, thumbs: () => Thumbs | undefined): void {
  const panel = byId("point");
  store.on(["chosen"], () => {
    const { chosen } = store.state;
    byId("panels").scrollTop = 0;
    if (chosen >= 0) announce(`Neighbours of ${points.names[chosen]} are listed`);
  });
  store.on(["chosen", "epoch", "threshold"], () => {
    const { chosen, epoch, threshold } = store.state;
    if (chosen < 0) {
      panel.replaceChildren(
        make("p", { text: "Click a point, or press Enter on it, to see its neighbours.", className: "soft" }),
      );
      return;
    }
    const limit = threshold * points.thresholdStep;
    const neighbours = neighboursOf(points.epochs[epoch], points, chosen);
    const verdicts = verdictsOf(points, chosen, neighbours, limit).map(({ wrong, text }) =>
      make("li", { text, className: wrong ? "wrong" : "right" }),
    );
    const close = make("button", { text: "×" });
    close.setAttribute("aria-label", "close");
    close.type = "button";
    close.addEventListener("click", () => {
      store.set({ chosen: -1 });
      byId("map").focus();
    });
    panel.replaceChildren(
      make("div", { className: "who" }, tile(thumbs(), chosen), whoText(points, chosen), close),
      make("ul", { className: "verdicts" }, ...verdicts),
      make(
        "ol",
        { className: "near" },
        ...neighbours.slice(0, LISTED).map((near) => row(points, store, thumbs(), near, limit)),
      ),
      cells(points, chosen),
    );
  });
}

function whoText({ identities, labels, names }: Points, point: number): HTMLElement {
  return make(
    "div",
    {},
    make("bdi", { text: identities[labels[point]], className: "name" }),
    make("bdi", { text: names[point], className: "soft" }),
  );
}

function row(
  points: Points,
  store: Store,
  thumbs: Thumbs | undefined,
  { point, distance }: Neighbour,
  limit: number,
): HTMLElement {
  const same = points.labels[point] === points.labels[store.state.chosen];
  const accepted = distance < limit;
  const mistake = same === accepted ? "" : same ? "false reject" : "false accept";
  const button = make(
    "button",
    {},
    tile(thumbs, point),
    whoText(points, point),
    make(
      "span",
      { className: "told" },
      make("b", { text: distance.toFixed(3) }),
      make("span", { text: same ? "same" : "other", className: same ? "same" : "other" }),
      make("span", { text: mistake, className: "mistake" }),
    ),
  );
  button.type = "button";
  button.addEventListener("click", () => store.set({ chosen: point, focus: point }));
  return make("li", {}, button);
}

function cells({ columns }: Points, point: number): HTMLElement {
  const list = make("dl", { className: "cells" });
  for (const { name, values, codes } of columns) {
    list.append(make("dt", { text: name }), make("dd", { text: values[codes[point]] }));
  }
  return list;
}
