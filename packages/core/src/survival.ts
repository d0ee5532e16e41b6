import type { NoiseSchedule } from './schedule.ts';

/** The survival probabilities of a schedule of jump probabilities, over any interval. */
export interface Survival {
  /** α(s→t) = Π_{s<u≤t} (1 − β_u) */
  keep(s: number, t: number): number;
  /** 1 − α(s→t), accurate where α is near 1. */
  refresh(s: number, t: number): number;
}

/**
 * α(s→t) from sums of log(1 − β). The sums are kept in two float64 words, so that a short interval
 * of tiny β behind a long one loses no digits. A step with β = 1 forgets everything; it is counted
 * apart, so that intervals behind it stay right.
 */
export function survival(schedule: NoiseSchedule<'jump-probability'>): Survival {
  const high = new Float64Array(schedule.numSteps + 1);
  const low = new Float64Array(schedule.numSteps + 1);
  const resets = new Int32Array(schedule.numSteps + 1);
  for (let t = 1; t <= schedule.numSteps; t++) {
    const beta = schedule.noise[t - 1]!;
    const term = beta === 1 ? 0 : Math.log1p(-beta);
    const sum = high[t - 1]! + term;
    const rounded = sum - high[t - 1]!;
    low[t] = low[t - 1]! + (high[t - 1]! - (sum - rounded)) + (term - rounded);
    high[t] = sum;
    resets[t] = resets[t - 1]! + (beta === 1 ? 1 : 0);
  }
  const logKeep = (s: number, t: number): number => (resets[t]! > resets[s]! ? -Infinity : high[t]! - high[s]! + (low[t]! - low[s]!));
  return {
    keep: (s, t) => Math.exp(logKeep(s, t)),
    refresh: (s, t) => -Math.expm1(logKeep(s, t)),
  };
}
