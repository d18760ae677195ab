import { LabError } from "../core/errors";
import type { Random } from "../core/random";
import type { SamplerState } from "./sampler";

/** Draws items without replacement, pass after pass. */
export interface Deck {
  /** The next `count` items. While `count` is at most the number of items, no item is drawn twice in one call, also where a pass ends. */
  take(count: number): number[];
  state(): SamplerState;
  restore(state: SamplerState): void;
}

/** A deck of different items: every one is drawn once before any is drawn again (but see `take`); each pass is shuffled anew. */
export function createDeck(items: readonly number[], random: Random): Deck {
  let order: number[] = [];
  let position = 0;
  return {
    take: (count) => {
      const taken: number[] = [];
      while (taken.length < count) {
        if (position === order.length) {
          // Those already taken in this call go last, so that none comes twice.
          const before = new Set(taken);
          const fresh = random.shuffle([...items]);
          order = [...fresh.filter((item) => !before.has(item)), ...fresh.filter((item) => before.has(item))];
          position = 0;
        }
        taken.push(order[position++]);
      }
      return taken;
    },
    state: () => ({ order: [...order], position }),
    restore: (state) => {
      checkState(state, items);
      order = [...state.order];
      position = state.position;
    },
  };
}

/** A state is nothing yet, or all items in some order with a position among them. */
function checkState({ order, position }: SamplerState, items: readonly number[]): void {
  const known = new Set(items);
  const whole =
    order.length === 0 ||
    (order.length === items.length &&
      new Set(order).size === items.length &&
      order.every((i) => known.has(i)));
  if (!whole || !Number.isInteger(position) || position < 0 || position > order.length) {
    throw new LabError(
      `Cannot resume the sampler: an order of the ${items.length} items of this data and a position in it are needed, current values are ${order.length} items and ${position}`,
    );
  }
}
