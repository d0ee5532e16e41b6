/** A training loss is shown as the mean of at most so many events. */
export const SMOOTHED = 10;
/** Of the events so far: at its beginning a loss falls fast, and a longer mean would lag behind it. */
const PART = 1 / 5;

export interface Smoother {
  /** @returns the mean of the last fifth of the values, of {@link SMOOTHED} at most; what is not finite is left out, and NaN where nothing is left. */
  add(value: number): number;
}

export function createSmoother(): Smoother {
  let recent: readonly number[] = [];
  let count = 0;
  return {
    add: (value) => {
      count++;
      recent = [...recent, value].slice(-SMOOTHED);
      const within = recent.slice(-Math.min(SMOOTHED, Math.ceil(PART * count))).filter(Number.isFinite);
      return within.length === 0 ? Number.NaN : within.reduce((sum, part) => sum + part, 0) / within.length;
    },
  };
}
