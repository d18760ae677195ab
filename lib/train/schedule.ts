/** How the learning rate moves over a run. `step` counts from 0, `progress` is the share of the budget that is used, in [0, 1]. */
export interface Schedule {
  readonly name: "cosine" | "constant";
  /** Highest learning rate, > 0. */
  readonly rate: number;
  /** Steps of linear warm-up; 0 switches it off. */
  readonly warmup: number;
}

/** Learning rate of one step: linear warm-up, then constant or a half cosine down to 1 % of the highest rate. */
export function rateAt(schedule: Schedule, step: number, progress: number): number {
  const { rate, warmup } = schedule;
  const ramp = warmup > 0 ? Math.min(1, (step + 1) / warmup) : 1;
  if (schedule.name === "constant") return rate * ramp;
  const cosine = 0.5 * (1 + Math.cos(Math.PI * Math.min(1, Math.max(0, progress))));
  return rate * ramp * (0.99 * cosine + 0.01);
}
