import { assertOptionNames, type NoiseSchedule, type NoOptions, type SchedulePlugin } from '@d3pm/core';
import { assertNumSteps, checkedSchedule } from './checked-schedule.ts';
import { defineSchedule } from './define-schedule.ts';

/** No step redraws more often than this, so that the last one keeps a trace of x_{T−1}. */
const MOST = 0.999;

/**
 * The cosine schedule of survival probabilities, that of Section 3.2 for uniform noise, the paper's best:
 *
 *     ᾱ_t = f(t)/f(0),   f(u) = cos((u/T + 0.008)/1.008 · π/2),   β_t = min(1 − ᾱ_t/ᾱ_{t−1}, 0.999)
 *
 * f is *not* squared: ᾱ is the survival probability itself (Hoogeboom et al., 2021), where Nichol and
 * Dhariwal's is a variance. 1 − f(t)/f(t−1) is computed as 2 sin((a+b)/2) sin((b−a)/2) / cos a, which
 * does not cancel at small t.
 *
 * @throws {D3pmError} `INVALID_SCHEDULE` for a T below 1.
 */
export function cosine({ numSteps }: { readonly numSteps: number }): NoiseSchedule<'jump-probability'> {
  assertNumSteps('cosine', numSteps);
  const angle = (t: number): number => ((t / numSteps + 0.008) / 1.008) * (Math.PI / 2);
  const noise = Float64Array.from({ length: numSteps }, (_, i) => {
    const [a, b] = [angle(i), angle(i + 1)];
    return Math.min((2 * Math.sin((a + b) / 2) * Math.sin((b - a) / 2)) / Math.cos(a), MOST);
  });
  return checkedSchedule('cosine', 'jump-probability', noise);
}

/** {@link cosine}, for configs. */
export const cosineSchedule: SchedulePlugin<'cosine', NoOptions, 'jump-probability'> = /* @__PURE__ */ defineSchedule({
  name: 'cosine',
  unit: 'jump-probability',
  parse: (options) => assertOptionNames('cosine', options, []),
  create: (numSteps) => cosine({ numSteps }),
});
