/** Milliseconds that a batch waits for more requests. */
const PATIENCE = 1;

/**
 * Collects single requests into batches: `most` at a time, or as many as there are when no more have come for a moment. `run` answers a batch in its order; when
 * it throws, each request of the batch is refused.
 */
export function createBatcher<In, Out>(
  most: number,
  run: (batch: readonly In[]) => readonly Out[] | Promise<readonly Out[]>,
): (request: In) => Promise<Out> {
  interface Waiting {
    readonly request: In;
    readonly resolve: (answer: Out) => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    try {
      const answers = await run(batch.map(({ request }) => request));
      for (const [i, { resolve }] of batch.entries()) resolve(answers[i]);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject });
      if (waiting.length === most) void flush();
      else timer ??= setTimeout(flush, PATIENCE);
    });
}
