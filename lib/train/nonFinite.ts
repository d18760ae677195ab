import { LabError } from "../core/errors";
import { valuesOf } from "../core/matrix";
import { loadEngine } from "../engine/load";
import type { Net } from "../nets/build";
import type { Batch } from "./backprop";

/** Where numbers stopped being finite, and in which layer where it was one. */
export interface NonFinite {
  readonly part: "weights" | "inputs" | "output" | "loss" | "gradient";
  /** Name of the weight (`conv1.kernel`) or of the layer (`conv1`). */
  readonly layer?: string;
}

/** A step whose loss or gradient is not finite. */
export class NotFinite extends LabError {
  override readonly name: string = "NotFinite";
  readonly step: number;
  readonly where: NonFinite;

  constructor(message: string, step: number, where: NonFinite) {
    super(message);
    this.step = step;
    this.where = where;
  }
}

/** What a step had computed when it was found out. `gradient` is flat, in the order of the trained weights. */
export interface BrokenStep {
  readonly batch: Batch;
  readonly loss: number;
  readonly gradient: Float32Array;
  /** Images in one pass. */
  readonly chunk: number;
}

/**
 * Looks in the order in which a step makes its numbers: trained weights, inputs, the output of layer after layer, the loss, the gradient. Of several
 * gradients that are not finite the last layer's is named: back-propagation comes from there. Costs up to one more forward pass.
 */
export function findNonFinite(net: Net, { batch, loss, gradient, chunk }: BrokenStep): NonFinite {
  const trained = net.weights.filter((weight) => weight.trained);
  const bad = trained.find(({ variable }) => !allFinite(variable.dataSync() as Float32Array));
  if (bad) return { part: "weights", layer: bad.name };
  if (!allFinite(batch.images)) return { part: "inputs" };
  const layer = firstBadOutput(net, batch, chunk);
  if (layer !== undefined) return { part: "output", layer };
  let end = gradient.length;
  for (const weight of trained.toReversed()) {
    const start = end - valuesOf(weight.shape);
    if (!allFinite(gradient.subarray(start, end))) {
      return Number.isFinite(loss) ? { part: "gradient", layer: weight.name } : { part: "loss" };
    }
    end = start;
  }
  return { part: "loss" };
}

/** The error of a step whose loss or gradient is not finite, which names the place and the step. `net` has the weights of before the step. */
export function notFinite(
  net: Net,
  broken: BrokenStep,
  { step, rate }: { readonly step: number; readonly rate: number },
): NotFinite {
  const where = findNonFinite(net, broken);
  return new NotFinite(
    `Cannot go on training: loss and gradient must be finite, at step ${step} the loss is ${broken.loss}, and what is not finite stands ${nonFiniteText(where)}. A lower learning rate than ${rate} usually helps.`,
    step,
    where,
  );
}

/** False when a value is not finite, or when finite values overflow, which is as bad. */
export function stepIsFinite(loss: number, gradients: readonly Float32Array[]): boolean {
  let sum = loss;
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i++) sum += gradient[i] * gradient[i];
  }
  return Number.isFinite(sum);
}

/** The place in words. */
export function nonFiniteText({ part, layer }: NonFinite): string {
  const of = layer === undefined ? "" : ` of ${layer}`;
  return part === "weights" || part === "inputs"
    ? `in the ${part}${of}`
    : `in the ${part}${of}, not before it`;
}

function firstBadOutput(net: Net, { images, labels }: Batch, chunk: number): string | undefined {
  const tf = loadEngine();
  const { inputSize, channels } = net.spec;
  const pixels = inputSize * inputSize * channels;
  let bad: string | undefined;
  for (let from = 0; from < labels.length && bad === undefined; from += chunk) {
    const rows = Math.min(chunk, labels.length - from);
    tf.tidy(() => {
      const part = images.subarray(from * pixels, (from + rows) * pixels);
      const seen = (layer: string, output: { dataSync(): ArrayLike<number> }): void => {
        if (bad === undefined && !allFinite(output.dataSync())) bad = layer;
      };
      net.forward(tf.tensor4d(part, [rows, inputSize, inputSize, channels]), { training: true, seen });
    });
  }
  return bad;
}

function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
