import type { Choices, FamilyName } from './choices.ts';
import { presets } from './presets.ts';

/** β of a linear schedule that forgets x_0 in some hundred steps, by the unit of the family. */
const JUMPS = { start: 0.01, stop: 0.1 } as const;
const LINEAR: Readonly<Record<FamilyName, Pick<Choices, 'start' | 'stop'>>> = {
  uniform: JUMPS,
  absorbing: JUMPS,
  'uniform-absorbing': JUMPS,
  banded: { start: 0.5, stop: 1 },
  'discretized-gaussian': { start: 3e-4, stop: 0.1 },
  'nearest-neighbor': { start: 0.1, stop: 20 },
};

/**
 * Choices after a change, with what goes with it: other data have a process that suits them, a family of another unit another β, and
 * another T has the same share of the way.
 */
export function changedChoices(choices: Choices, change: Partial<Choices>): Choices {
  const changed = { ...choices, ...change };
  if (change.data !== undefined && change.data !== choices.data) return { ...changed, ...presets[change.data] };
  if (change.family !== undefined && LINEAR[change.family] !== LINEAR[choices.family]) return { ...changed, ...LINEAR[change.family] };
  if (change.steps !== undefined) return { ...changed, t: Math.round((choices.t * change.steps) / choices.steps) };
  return { ...changed, t: Math.min(changed.t, changed.steps) };
}
