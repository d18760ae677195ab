/** Lets work in while the sum of its weights stays within a capacity; the rest waits in its order. */
export interface Gate {
  /** Runs `work` when there is room for `weight`. What is heavier than the whole capacity runs alone. */
  run<T>(weight: number, work: () => Promise<T>): Promise<T>;
}

/** A gate of `capacity`, above 0: for example pixels in memory at once. Throws a RangeError otherwise. */
export function createGate(capacity: number): Gate {
  if (!(capacity > 0)) {
    throw new RangeError(`Cannot make a gate: the capacity must be above 0, current value is ${capacity}`);
  }
  const waiting: { readonly weight: number; readonly enter: () => void }[] = [];
  let inside = 0;
  const letIn = (): void => {
    while (waiting.length > 0 && inside + waiting[0].weight <= capacity) {
      const next = waiting.shift() as (typeof waiting)[number];
      inside += next.weight;
      next.enter();
    }
  };
  return {
    run: async (asked, work) => {
      const weight = Math.min(asked, capacity);
      await new Promise<void>((enter) => {
        waiting.push({ weight, enter });
        letIn();
      });
      try {
        return await work();
      } finally {
        inside -= weight;
        letIn();
      }
    },
  };
}
