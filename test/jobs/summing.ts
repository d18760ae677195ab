import { settleAll } from "../../lib/jobs/settleAll";
import { shaped } from "../../lib/worker/arrays";
import type { Answer } from "../../lib/worker/protocol";
import type { AllReduce, Workers } from "../../lib/worker/workers";

/** The same workers with an all-reduce in plain numbers through this process: each worker's vector is added to the sum of those before it. */
export function summing(workers: Workers): Workers {
  const onAll = (call: (worker: number) => Promise<Answer>): Promise<Answer[]> =>
    settleAll(Array.from({ length: workers.count }, (_, worker) => call(worker)));
  return {
    count: workers.count,
    call: (...request) => workers.call(...request),
    allReduce: async ({ take, give, array, length }: AllReduce) => {
      const vectors = await onAll((worker) => workers.call(worker, take));
      const sum: Float32Array = new Float32Array(length);
      for (const { arrays } of vectors) {
        for (let i = 0; i < length; i++) sum[i] += arrays[array].data[i];
      }
      return onAll((worker) => workers.call(worker, give, {}, { [array]: shaped(sum) }));
    },
    close: () => workers.close(),
  };
}
