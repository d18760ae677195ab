/// <reference lib="dom" />
import type { Points } from "./decode";
import { byId, grouped } from "./dom";
import { chosenEdges } from "./edges";
import { ratesAt } from "./rates";
import type { Store } from "./store";

/** Milliseconds that the player stays at an epoch. */
const STAY = 900;

/** A range input with its bounds, whose moves are handed on as numbers. */
function slider(id: string, most: number, step: number, act: (value: number) => void): HTMLInputElement {
  const input = byId<HTMLInputElement>(id);
  input.min = "0";
  input.max = String(most);
  input.step = String(step);
  input.addEventListener("input", () => act(Number(input.value)));
  return input;
}

/** The slider of the checkpoints, with a player. Hidden where there is only one. */
export function epochSlider(points: Points, store: Store): void {
  const last = points.epochs.length - 1;
  byId("epochs").hidden = last === 0;
  const input = slider("epoch", last, 1, (epoch) => store.set({ epoch }));
  const play = byId("play");
  let timer: number | undefined;
  const stop = (): void => {
    window.clearInterval(timer);
    timer = undefined;
    play.textContent = "Play";
  };
  play.addEventListener("click", () => {
    if (timer !== undefined) return stop();
    store.set({ epoch: store.state.epoch === last ? 0 : store.state.epoch + 1 });
    play.textContent = "Stop";
    timer = window.setInterval(() => {
      if (store.state.epoch === last) stop();
      else store.set({ epoch: store.state.epoch + 1 });
    }, STAY);
  });
  store.on(["epoch"], () => {
    const { label } = points.epochs[store.state.epoch];
    input.value = String(store.state.epoch);
    input.setAttribute("aria-valuetext", label);
    byId("epoch-name").textContent = label;
  });
}

/** The threshold: VAL and FAR over all shown pairs, exact; and the switch that colours errors. */
export function thresholdSlider(points: Points, store: Store): void {
  const most = points.epochs[0].same.length - 1;
  const input = slider("threshold", most, 1, (threshold) => store.set({ threshold }));
  const errors = byId("errors");
  errors.addEventListener("click", () =>
    store.set({ colour: store.state.colour === "errors" ? "identity" : "errors" }),
  );
  store.on(["colour"], () => errors.setAttribute("aria-pressed", String(store.state.colour === "errors")));
  store.on(["threshold", "epoch"], () => {
    const { threshold, epoch } = store.state;
    const value = (threshold * points.thresholdStep).toFixed(3);
    input.value = String(threshold);
    input.setAttribute("aria-valuetext", `squared L2 below ${value}`);
    byId("threshold-value").textContent = value;
    const rates = ratesAt(points.epochs[epoch], threshold);
    byId("val").textContent = percent(rates.val);
    byId("far").textContent = farText(rates.far, rates.differentPairs);
    byId("rejects").textContent = `${grouped(rates.falseRejects)} of ${grouped(rates.samePairs)} same pairs`;
    byId("accepts").textContent =
      `${grouped(rates.falseAccepts)} of ${grouped(rates.differentPairs)} different pairs`;
  });
}

function percent(share: number): string {
  return Number.isNaN(share) ? "no such pairs" : `${(100 * share).toFixed(2)} %`;
}

/** A rate below one pair cannot be measured, and is not printed as 0. */
function farText(far: number, pairs: number): string {
  if (Number.isNaN(far)) return "no such pairs";
  if (far === 0) return `below ${(1 / pairs).toExponential(1)}`;
  return far >= 0.01 ? percent(far) : far.toExponential(2);
}

/** How many hard pairs are drawn, and how hard they must be. */
export function edgeSliders(points: Points, store: Store): void {
  const every = points.epochs.flatMap(({ hardPositives, hardNegatives }) => [
    ...hardPositives,
    ...hardNegatives,
  ]);
  const largest = every.reduce((most, [, , distance]) => Math.max(most, distance), points.thresholdStep);
  const count = (kind: "hardPositives" | "hardNegatives"): number =>
    Math.max(...points.epochs.map((epoch) => epoch[kind].length));
  const change = (part: object): void => store.set({ edges: { ...store.state.edges, ...part } });
  const step = points.thresholdStep;
  const top = Math.ceil(largest / step) * step;
  const inputs = {
    positives: slider("positives", count("hardPositives"), 1, (positives) => change({ positives })),
    negatives: slider("negatives", count("hardNegatives"), 1, (negatives) => change({ negatives })),
    farther: slider("farther", top, step, (farther) => change({ farther })),
    nearer: slider("nearer", top, step, (nearer) => change({ nearer })),
  };
  store.set({ edges: { ...store.state.edges, nearer: top } });
  store.on(["edges", "epoch", "threshold"], () => {
    const { edges, epoch, threshold } = store.state;
    for (const [name, input] of Object.entries(inputs))
      input.value = String(edges[name as keyof typeof edges]);
    const drawn = chosenEdges(points.epochs[epoch], edges, threshold * points.thresholdStep);
    const told = (same: boolean): string => {
      const own = drawn.filter((edge) => edge.same === same);
      const wrong = own.filter(({ error }) => error).length;
      return `${own.length} drawn, ${wrong} ${same ? "false rejects" : "false accepts"}`;
    };
    byId("positives-told").textContent = told(true);
    byId("negatives-told").textContent = told(false);
    byId("farther-value").textContent = `≥ ${edges.farther.toFixed(2)}`;
    byId("nearer-value").textContent = `≤ ${edges.nearer.toFixed(2)}`;
  });
}
