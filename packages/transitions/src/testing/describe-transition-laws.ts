import type { Transition } from '@d3pm/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { disposal } from '../laws/disposal.ts';
import { everyStep } from '../laws/every-step.ts';
import { logSumExpOf, type LawCase } from '../laws/law-case.ts';
import type { TransitionLaw } from '../laws/transition-law.ts';
import { transitionLaws } from '../laws/transition-laws.ts';

export interface LawSuiteOptions {
  /** Cases a law is tried on. @defaultValue 50 */
  readonly numRuns?: number;
}

/**
 * What every transition must satisfy, ours and everybody else's, as a vitest suite. Call it at the
 * top level of a test file, with one transition or with a fast-check arbitrary of them; a failure prints
 * its seed and the smallest case found, with Q(s→t) itself where K ≤ 4. Where a step cannot be made, that is the one
 * failure, and the laws are skipped. Transitions of an arbitrary are disposed at last, twice; one that is given is left as it is. Gradients are tried once `prepareEngine` of `@d3pm/engine` has registered them.
 *
 * Laws agree with themselves: a family also needs an oracle, its matrices written in the test from the paper.
 */
export function describeTransitionLaws(
  title: string,
  transition: Transition | fc.Arbitrary<Transition>,
  { numRuns = 50 }: LawSuiteOptions = {},
): void {
  const isGiven = 'toDense' in transition;
  const arbitrary = isGiven ? fc.constant(transition) : transition;
  const laws = isGiven ? transitionLaws : [...transitionLaws, disposal];
  const cases = arbitrary.chain(arbCase);
  const hold = (law: TransitionLaw): void =>
    fc.assert(
      fc.property(cases, (each) => {
        if (!law.appliesTo(each.transition)) return;
        const { worst, detail } = law.deviation(each);
        if (!(worst <= 1)) throw new Error(`${caseText(each)}: ${detail} (${worst.toPrecision(3)} tolerances)`);
      }),
      { numRuns },
    );
  describe(`${title} obeys the transition laws`, () => {
    // Not the other way round: whoever runs one law by its name runs no other test before it.
    let cannotBeMade = false;
    it(everyStep.name, () => {
      cannotBeMade = true;
      hold(everyStep);
      cannotBeMade = false;
    });
    for (const law of laws) {
      it(law.name, ({ skip }) => {
        if (cannotBeMade) skip('a step cannot be made');
        hold(law);
      });
    }
  });
}

/** Up to this K a matrix is shown. */
const SHOWN_STATES = 4;

/** What a person needs of a case to see what is wrong. */
function caseText({ transition, r, s, t }: LawCase): string {
  const { name, numStates: K, numSteps: T } = transition;
  return `${name}, K = ${K}, T = ${T}, (r, s, t) = (${r}, ${s}, ${t})${K <= SHOWN_STATES ? matrixText(transition, s, t) : ''}`;
}

function matrixText(transition: Transition, s: number, t: number): string {
  try {
    const entries = Array.from(transition.toDense(s, t), (prob) => String(Number(prob.toPrecision(4))));
    const { numStates: K } = transition;
    return `, Q(${s}→${t}) = [${Array.from({ length: K }, (_, i) => entries.slice(i * K, (i + 1) * K).join(' ')).join('; ')}]`;
  } catch {
    return '';
  }
}

function arbCase(transition: Transition): fc.Arbitrary<LawCase> {
  const { numStates: K, numSteps: T } = transition;
  // Logarithms down to e^−20 of the largest: what float64 sums in the laws can carry.
  const log = fc.double({ min: -20, max: 0, noNaN: true }).map(Math.fround);
  const step = fc.nat(T);
  return fc
    .record({
      // A quarter begins with data, and a quarter has one stretch from there: training asks for Q(0→t).
      times: fc.oneof(
        { weight: 2, arbitrary: fc.tuple(step, step, step) },
        fc.tuple(fc.constant(0), step, step),
        fc.tuple(fc.constant(0), fc.constant(0), step),
      ),
      logits: fc.array(log, { minLength: K, maxLength: K }),
      logLikelihood: fc.array(fc.oneof({ weight: 3, arbitrary: log }, fc.constant(-Infinity)), { minLength: K, maxLength: K }),
      states: fc.array(fc.nat(K - 1), { minLength: 1, maxLength: 4 }),
    })
    .map(({ times, logits, logLikelihood, states }) => {
      const [r, s, t] = times.toSorted((a, b) => a - b) as [number, number, number];
      const total = logSumExpOf(logits);
      const each = { transition, r, s, t, logProbs: logits.map((logit) => Math.fround(logit - total)), logLikelihood, states };
      return { ...each, [fc.toStringMethod]: () => `${caseText(each)}, states ${fc.stringify(states)}` };
    });
}
