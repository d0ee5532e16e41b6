import type { NoiseSchedule, TransitionSetting } from '@d3pm/core';
import fc from 'fast-check';
import { noiseOf } from './noise.ts';

/** β = 0 and 1 are legal; a β below 1e-8 is not a schedule anybody runs. */
export const arbJump: fc.Arbitrary<number> = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 1e-8, max: 1, noNaN: true }));

export const arbJumps: fc.Arbitrary<NoiseSchedule<'jump-probability'>> = fc
  .array(arbJump, { minLength: 1, maxLength: 6 })
  .map((noise) => noiseOf('jump-probability', noise));

export const arbSetting: fc.Arbitrary<TransitionSetting<'jump-probability'>> = fc.record({
  numStates: fc.integer({ min: 2, max: 6 }),
  schedule: arbJumps,
});
