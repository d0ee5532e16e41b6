import { createRng } from '@d3pm/core';
import { verdict, worstOf, type Deviation } from './deviation.ts';
import { entriesAt, mappedStates, positionsIn } from './law-case.ts';
import type { TransitionLaw } from './transition-law.ts';

/** Draws from each row. */
const COUNT = 500;
/** log(2/p) of a false alarm at one frequency: p = 10⁻¹². */
const LOG_ODDS = 28;

/** `draw` draws from the rows that `pushStates` shows, and again the same of the same stream. */
export const draws: TransitionLaw = {
  name: 'draw draws from the rows of pushStates',
  appliesTo: (transition) => transition.draw !== undefined,
  deviation: ({ transition, s, t, states }) => {
    const { numStates: K } = transition;
    const logs = mappedStates(transition, 'pushStates', states, s, t);
    return worstOf(
      positionsIn(transition).flatMap((n) => {
        const rows = states.map((state, b): DrawnRow => {
          const rng = createRng('draws').split(state, s, t, n, b);
          const draw = (i: number): number => transition.draw!(state, s, t, rng.split(i), n);
          const probs = Float64Array.from(entriesAt(logs, transition, b, n), Math.exp);
          return { state, drawn: Array.from({ length: COUNT }, (_, i) => draw(i)), again: draw(0), probs };
        });
        const broken = rows.flatMap(({ state, drawn, again }) => [
          verdict(again === drawn[0], `a draw from state ${state} is ${drawn[0]}, and ${again} of the same stream`),
          verdict(
            drawn.every((to) => Number.isInteger(to) && to >= 0 && to < K),
            `a draw from state ${state} is not one of 0…${K - 1}`,
          ),
        ]);
        return [...broken, ...frequencies(rows, K)];
      }),
    );
  },
};

interface DrawnRow {
  readonly state: number;
  readonly drawn: readonly number[];
  readonly again: number;
  readonly probs: Float64Array;
}

/** Of `of` draws, and what is expected of one: `prob`, and 1 − `prob` without a subtraction. */
interface Frequency {
  readonly what: string;
  readonly count: number;
  readonly of: number;
  readonly prob: number;
  readonly rest: number;
}

/** How often each state is drawn from each, from all of them together, and how often a state stays. */
function frequencies(rows: readonly DrawnRow[], numStates: number): Deviation[] {
  const every = [...Array(numStates).keys()];
  const byRow = rows.map(({ state, drawn, probs }) => {
    const counts = new Float64Array(numStates);
    for (const to of drawn) counts[to]!++;
    return every.map((to) => ({
      what: `from ${state} to ${to}`,
      count: counts[to]!,
      of: COUNT,
      prob: probs[to]!,
      rest: restOf(probs, to),
    }));
  });
  return [
    ...byRow.flat(),
    ...every.map((to) =>
      pooled(
        `to ${to}`,
        byRow.map((row) => row[to]!),
      ),
    ),
    pooled(
      'that stay',
      byRow.map((row, b) => row[rows[b]!.state]!),
    ),
  ].map(frequencyDeviation);
}

/** Draws of several rows as one: Hoeffding's form of Chernoff's inequality holds with the mean of their probabilities. */
function pooled(what: string, parts: readonly Frequency[]): Frequency {
  const sum = (of: (part: Frequency) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return {
    what,
    count: sum(({ count }) => count),
    of: sum(({ of }) => of),
    prob: sum(({ prob }) => prob) / parts.length,
    rest: sum(({ rest }) => rest) / parts.length,
  };
}

/** By Chernoff's inequality n KL(count/n ‖ p) ≤ L, but for one time in 10¹². What is impossible is never drawn. */
function frequencyDeviation({ what, count, of, prob, rest }: Frequency): Deviation {
  const term = (share: number, expected: number): number => (share === 0 ? 0 : share * Math.log(share / expected));
  const nats = of * (term(count / of, prob) + term(1 - count / of, rest));
  return { worst: Math.max(0, nats) / LOG_ODDS, detail: `${count} of ${of} draws ${what}, expected ${of * prob}` };
}

/** The sum of all probabilities but one: of a large one, which may have been rounded to 1, from the others. */
function restOf(probs: Float64Array, to: number): number {
  if (probs[to]! <= 0.5) return 1 - probs[to]!;
  return probs.reduce((sum, prob, k) => (k === to ? sum : sum + prob), 0);
}
