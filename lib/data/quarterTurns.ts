import { LabError } from "../core/errors";
import type { CropSet } from "./dataset";

/** Degrees by which the copies of {@link withQuarterTurns} are turned clockwise. */
const TURNS = [0, 90, 180, 270] as const;

/**
 * Every crop four times, turned by 0, 90, 180 and 270 degrees; a turned character is an identity of its own. The first quarter of the rows is the set as it was.
 * For drawings, whose turned copies are other characters that nobody drew; a turned face is no other face.
 * Source: Vinyals et al. (2016), "Matching Networks for One Shot Learning", section 4.1.1.
 */
export function withQuarterTurns(crops: CropSet): CropSet {
  const { size, channels, data, labels, names, identities } = crops;
  if (identities.length === 0) throw new LabError("Cannot turn crops: their identities must be named");
  const [count, bytes] = [labels.length, size * size * channels];
  const turned: CropSet = {
    size,
    channels,
    data: new Uint8Array(TURNS.length * data.length),
    labels: new Int32Array(TURNS.length * count),
    names: TURNS.flatMap((angle) => names.map((name) => turnedName(name, angle))),
    identities: TURNS.flatMap((angle) => identities.map((name) => turnedName(name, angle))),
  };
  for (let turn = 0; turn < TURNS.length; turn++) {
    for (let i = 0; i < count; i++) {
      const row = turn * count + i;
      turned.labels[row] = turn * identities.length + labels[i];
      const to = turned.data.subarray(row * bytes, (row + 1) * bytes);
      turnInto(data.subarray(i * bytes, (i + 1) * bytes), size, channels, turn, to);
    }
  }
  return turned;
}

function turnedName(name: string, angle: number): string {
  return angle === 0 ? name : `${name} turned ${angle}°`;
}

/** A square picture, turned clockwise by so many quarters. */
function turnInto(from: Uint8Array, size: number, channels: number, turn: number, to: Uint8Array): void {
  const last = size - 1;
  for (let y = 0, o = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [column, row] = [
        [x, y],
        [y, last - x],
        [last - x, last - y],
        [last - y, x],
      ][turn];
      for (let c = 0; c < channels; c++) to[o++] = from[(row * size + column) * channels + c];
    }
  }
}
