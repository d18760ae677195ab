import type { CropSet } from "../data/dataset";
import type { AugmentationName } from "./augment";

/** What a batch is made of: the crops of its rows, one after the other, and the random stream of its views. */
export interface SharedBatch {
  readonly size: number;
  readonly channels: CropSet["channels"];
  readonly inputSize: number;
  readonly augmentation: AugmentationName;
  /** 0 while the batch is made, then 1; −1 when it could not be made. */
  readonly done: Int32Array;
  /** Before and after: four unsigned 32-bit integers. */
  readonly random: Uint32Array;
  /** N crops. */
  readonly crops: Uint8Array;
  /** N net inputs, twice: the thread writes one while the other is used. */
  readonly images: readonly [Float32Array, Float32Array];
}

/** Memory for a batch of `count` images that two threads see. */
export function shareBatch(
  { size, channels }: Pick<CropSet, "size" | "channels">,
  count: number,
  inputSize: number,
  augmentation: AugmentationName,
): SharedBatch {
  const images = (): Float32Array =>
    new Float32Array(new SharedArrayBuffer(4 * count * inputSize * inputSize * channels));
  return {
    size,
    channels,
    inputSize,
    augmentation,
    done: new Int32Array(new SharedArrayBuffer(4)),
    random: new Uint32Array(new SharedArrayBuffer(16)),
    crops: new Uint8Array(new SharedArrayBuffer(count * size * size * channels)),
    images: [images(), images()],
  };
}
