import type { NoiseSchedule } from './schedule.ts';

/** The survival probabilities of a schedule of jump probabilities, over any interval. */
export interface Survival {
  /** α(s→t) = Π_{s<u≤t} (1 − β_u) */
  keep(s: number, t: number): number;
  /** 1 − α(s→t), accurate where α is near 1. */
  refresh(s: number, t: number): number;
}

/**
 * α(s→t) from float64 sums of log(1 − β). A step with β = 1 forgets everything; it is counted
 * apart, so that intervals behind it stay right.
 */
export function survival(schedule: NoiseSchedule<'jump-probability'>): Survival {
  const logs = new Float64Array(schedule.numSteps + 1);
  const resets = new Int32Array(schedule.numSteps + 1);
  for (let t = 1; t <= schedule.numSteps; t++) {
    const beta = schedule.noise[t - 1]!;
    logs[t] = logs[t - 1]! + (beta === 1 ? 0 : Math.log1p(-beta));
    resets[t] = resets[t - 1]! + (beta === 1 ? 1 : 0);
  }
  const isReset = (s: number, t: number): boolean => resets[t]! > resets[s]!;
  return {
    keep: (s, t) => (isReset(s, t) ? 0 : t === s + 1 ? 1 - schedule.noise[s]! : Math.exp(logs[t]! - logs[s]!)),
    refresh: (s, t) => (isReset(s, t) ? 1 : t === s + 1 ? schedule.noise[s]! : -Math.expm1(logs[t]! - logs[s]!)),
  };
}
