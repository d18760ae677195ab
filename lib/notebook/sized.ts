/**
 * How much work a notebook does: `full` for a reader, `fast` where only the code shall be tried (continuous integration sets FACENET_LAB_FAST=1).
 * The code of a cell is the same both times; only its numbers of steps, images and rounds are smaller.
 */
export function sized<T>(full: T, fast: T): T {
  return process.env.FACENET_LAB_FAST === "1" ? fast : full;
}
