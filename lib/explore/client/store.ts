import type { ColourBy } from "./colouring";
import type { EdgeChoice } from "./edges";

export type MapName = "umap2" | "umap3" | "pca2" | "pca3";

/** Everything that a reader can change; points by number, −1 for none. */
export interface State {
  readonly map: MapName;
  readonly epoch: number;
  /** Number of the threshold. */
  readonly threshold: number;
  readonly colour: ColourBy;
  readonly pictures: "auto" | "on" | "off";
  readonly edges: EdgeChoice;
  /** The point whose neighbours are listed. */
  readonly chosen: number;
  /** The point that the keyboard is at. */
  readonly focus: number;
  readonly hover: number;
  readonly found: readonly number[];
  readonly selected: readonly number[];
  /** Whether dragging draws a lasso. */
  readonly lasso: boolean;
  readonly dark: boolean;
}

export interface Store {
  readonly state: State;
  set(change: Partial<State>): void;
  /** Calls back after every change of one of the keys, and once at the start. */
  on(keys: readonly (keyof State)[], act: () => void): void;
}

export function createStore(initial: State): Store {
  const listeners: { keys: readonly (keyof State)[]; act: () => void }[] = [];
  let state = initial;
  return {
    get state() {
      return state;
    },
    set: (change) => {
      const before = state;
      state = { ...state, ...change };
      for (const { keys, act } of listeners) if (keys.some((key) => before[key] !== state[key])) act();
    },
    on: (keys, act) => {
      listeners.push({ keys, act });
      act();
    },
  };
}
