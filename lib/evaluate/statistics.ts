/** Mean and its standard error (sample deviation / √n) of folds or runs. The error of a single value is NaN, not 0. */
export function meanAndStandardError(values: ArrayLike<number>): {
  readonly mean: number;
  readonly standardError: number;
} {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i] / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i] - mean) ** 2;
  return { mean, standardError: Math.sqrt(squares / (n - 1) / n) };
}

/**
 * Wilson score interval of a share k/n. Source: Wilson (1927); unlike k/n ± z·s it stays inside [0, 1] and is honest at the ends.
 */
export function wilsonInterval(successes: number, trials: number, z: number = 1.959964): [number, number] {
  if (!(trials > 0 && successes >= 0 && successes <= trials)) {
    throw new RangeError(
      `Cannot give an interval: 0 ≤ successes ≤ trials with trials > 0 must hold, current values are ${successes} and ${trials}`,
    );
  }
  const share = successes / trials;
  const scale = 1 + (z * z) / trials;
  const middle = (share + (z * z) / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / trials + (z / (2 * trials)) ** 2);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
