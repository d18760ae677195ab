/** The two operations on vectors of three numbers that frames are built with. */

export function cross(a: readonly number[], b: readonly number[]): number[] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** The vector at length 1; `room` is added to its length, so that with a small one the null vector stays itself. */
export function unit(v: readonly number[], room: number = 0): number[] {
  const length = Math.hypot(v[0], v[1], v[2]) + room;
  return [v[0] / length, v[1] / length, v[2] / length];
}
