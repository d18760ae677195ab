import { eachBlock } from "../core/blocks";
import { type Matrix, matrix } from "../core/matrix";
import type { LongWork } from "../core/progress";
import type { CropSet } from "../data/dataset";
import { loadEngine } from "../engine/load";
import type { Net } from "../nets/build";
import { batchOfCrops } from "./augment";

/** Images in one pass, unless another number is asked for. */
export const EMBED_BATCH = 128;

/** Options of {@link embedCrops}. */
export interface EmbedOptions extends LongWork {
  /** Rows of the crop set to embed, in this order; default all. */
  readonly rows?: ArrayLike<number>;
  /** Average with the embedding of the mirrored crop, then normalise again; default false. For faces it is free accuracy. */
  readonly mirrorAverage?: boolean;
  /** Free features: f(x) before its normalisation, as softmax and center loss see it; default false. Not with `mirrorAverage`. */
  readonly raw?: boolean;
  /** Images in one pass, at least 1; default 128. */
  readonly batch?: number;
}

/** Embeds crops with the net as it is used after training (moving statistics): N×D, unit rows unless `raw`. */
export async function embedCrops(net: Net, crops: CropSet, options: EmbedOptions = {}): Promise<Matrix> {
  const { mirrorAverage = false, raw = false, batch = EMBED_BATCH, progress, signal } = options;
  if (raw && mirrorAverage) {
    throw new RangeError("Cannot embed: free features have no mirror average, current value of raw is true");
  }
  const rows = options.rows ?? Int32Array.from({ length: crops.labels.length }, (_, i) => i);
  let result: Matrix | undefined;
  const work = { stage: "embed", stopped: "embedding; nothing was written", progress, signal };
  await eachBlock(rows.length, batch, work, (start, end) => {
    const part = Array.from({ length: end - start }, (_, i) => rows[start + i]);
    const e = embedRows(net, crops, part, { mirrorAverage, raw });
    result ??= matrix(rows.length, e.columns);
    result.data.set(e.data, start * e.columns);
  });
  return result ?? matrix(0, 0);
}

/** Some rows at once. Throws a RangeError when the net wants other channels. */
export function embedRows(
  net: Net,
  crops: CropSet,
  rows: readonly number[],
  { mirrorAverage = false, raw = false }: Pick<EmbedOptions, "mirrorAverage" | "raw"> = {},
): Matrix {
  const tf = loadEngine();
  const { inputSize, channels } = net.spec;
  if (crops.channels !== channels) {
    throw new RangeError(
      `Cannot embed: the net wants ${channels} channel(s), current value is ${crops.channels}`,
    );
  }
  const pass = (mirror: boolean) =>
    net.forward(
      tf.tensor4d(batchOfCrops(crops, rows, inputSize, { mirror }), [
        rows.length,
        inputSize,
        inputSize,
        channels,
      ]),
      { training: false, raw },
    );
  let columns = 0;
  const values = tf.tidy(() => {
    let e = pass(false);
    if (mirrorAverage) {
      const sum = e.add(pass(true));
      e = sum.div(sum.square().sum(1, true).add(1e-12).sqrt());
    }
    columns = e.shape[1];
    return e;
  });
  const result = matrix(rows.length, columns, values.dataSync() as Float32Array);
  values.dispose();
  return result;
}
