/** ‖found − wanted‖ / ‖wanted‖ of vectors; NaN where they are not equally long. */
export function relativeDistance(found: Float32Array, wanted: Float32Array): number {
  if (found.length !== wanted.length) return Number.NaN;
  let [difference, length] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    difference += (found[i] - wanted[i]) ** 2;
    length += wanted[i] ** 2;
  }
  return Math.sqrt(difference / length);
}
