import type { Transition } from '@d3pm/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { logSumExpOf, type LawCase } from '../laws/law-case.ts';
import { transitionLaws } from '../laws/transition-laws.ts';

export interface LawSuiteOptions {
  /** Cases a law is tried on. @defaultValue 50 */
  readonly numRuns?: number;
}

/**
 * What every transition must satisfy, ours and everybody else's, as a vitest suite. Call it at the
 * top level of a test file, with one transition or with a fast-check arbitrary of them; a failure prints
 * its seed and the smallest case found.
 *
 * Laws agree with themselves: a family also needs an oracle, its matrices written in the test from the paper.
 */
export function describeTransitionLaws(
  title: string,
  transition: Transition | fc.Arbitrary<Transition>,
  { numRuns = 50 }: LawSuiteOptions = {},
): void {
  const arbitrary = 'toDense' in transition ? fc.constant(transition) : transition;
  const cases = arbitrary.chain(arbCase);
  describe(`${title} obeys the transition laws`, () => {
    for (const law of transitionLaws) {
      it(law.name, () => {
        fc.assert(
          fc.property(cases, (each) => {
            if (!law.appliesTo(each.transition)) return;
            const { worst, detail } = law.deviation(each);
            if (!(worst <= 1))
              throw new Error(
                `${each.transition.name}, (r, s, t) = (${each.r}, ${each.s}, ${each.t}): ${detail} (${worst.toPrecision(3)} tolerances)`,
              );
          }),
          { numRuns },
        );
      });
    }
  });
}

function arbCase(transition: Transition): fc.Arbitrary<LawCase> {
  const { numStates: K, numSteps: T } = transition;
  // Logarithms down to e^−20 of the largest: what float64 sums in the laws can carry.
  const log = fc.double({ min: -20, max: 0, noNaN: true }).map(Math.fround);
  const step = fc.nat(T);
  return fc
    .record({
      times: fc.tuple(step, step, step),
      logits: fc.array(log, { minLength: K, maxLength: K }),
      logLikelihood: fc.array(fc.oneof({ weight: 3, arbitrary: log }, fc.constant(-Infinity)), { minLength: K, maxLength: K }),
      states: fc.array(fc.nat(K - 1), { minLength: 1, maxLength: 4 }),
    })
    .map(({ times, logits, logLikelihood, states }) => {
      const [r, s, t] = times.toSorted((a, b) => a - b) as [number, number, number];
      const total = logSumExpOf(logits);
      return { transition, r, s, t, logProbs: logits.map((logit) => Math.fround(logit - total)), logLikelihood, states };
    });
}
