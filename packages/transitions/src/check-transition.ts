import { assertEngine, createRng, positionsOf, priorTermNats, type Rng, type Transition } from '@d3pm/core';
import { worstOf, type Deviation } from './laws/deviation.ts';
import { everyStep } from './laws/every-step.ts';
import { logSumExpOf, positionCount, type LawCase } from './laws/law-case.ts';
import { hasTables, type TransitionLaw } from './laws/transition-law.ts';
import { transitionLaws } from './laws/transition-laws.ts';

export interface LawResult {
  readonly name: string;
  readonly ok: boolean;
  /**
   * Whether the law was tried. It is not where it says nothing of this transition (a capability is absent, a table too large),
   * nor where a step cannot be made at all.
   */
  readonly applies: boolean;
  /** Where it is farthest off, and what came, for a law that holds as well. */
  readonly detail: string;
  /** How far that is off, in tolerances: the law holds up to 1. */
  readonly worst: number;
}

export interface CheckReport {
  readonly transition: string;
  readonly ok: boolean;
  readonly laws: readonly LawResult[];
  /**
   * The largest L_T over x_0, nats a position: what Q̄_T still knows of the data. Large for a chain that is
   * periodic or too short. Undefined for a learned prior, and for K > 512.
   */
  readonly priorTermNats: number | undefined;
}

export interface CheckOptions {
  /** @defaultValue the stream of seed 0 */
  readonly rng?: Rng;
  /** Random triples r ≤ s ≤ t to try, besides the ends and two that begin at 0. @defaultValue 4 */
  readonly numCases?: number;
}

/** States a case tries. */
const CASE_STATES = 4;

/**
 * Tries every law of a transition on random times, distributions and states: rows, identity,
 * Chapman–Kolmogorov, the adjoint, gradients, tables, gathers, draws, stationarity, closed forms, support of the reverse step,
 * positions, steps of each example, large batches, impossible rows, underflow, refusals and leaks. The same seed tries the same.
 *
 * Reads tensors synchronously, so that the engine must be able to (WebGPU is not). Gradients are tried where tfjs has them:
 * `prepareEngine` of `@d3pm/engine` registers them, a back end alone does not.
 *
 * @returns A report. A law that is broken, or throws, is in it.
 * @throws {D3pmError} `ENGINE` when tfjs has no back end.
 */
export function checkTransition(transition: Transition, { rng = createRng(0), numCases = 4 }: CheckOptions = {}): CheckReport {
  assertEngine('checkTransition');
  const { numSteps: T } = transition;
  const ends = [
    [0, 0, 1],
    [0, 1, T],
    [T - 1, T - 1, T],
    [0, T, T],
  ] as const;
  const [early, middle, late] = randomTimes(rng.split('from 0'), T);
  // Data are noised by Q(0→t): a law of s and t sees the first, Chapman–Kolmogorov the second.
  const fromStart = [
    [0, 0, middle],
    [0, early, late],
  ] as const;
  const cases = [
    ...ends.map((times, i) => lawCase(transition, times, rng.split('ends', i))),
    ...fromStart.map((times, i) => lawCase(transition, times, rng.split('from 0', i))),
    ...Array.from({ length: numCases }, (_, i) => {
      const stream = rng.split('case', i);
      return lawCase(transition, randomTimes(stream, T), stream);
    }),
  ];
  const first = tried(everyStep, cases);
  const laws = [
    first,
    ...transitionLaws.map((law) => {
      if (!first.ok) return untried(law, 'not tried: a step cannot be made');
      return attempt(() => law.appliesTo(transition), true) ? tried(law, cases) : untried(law, 'does not apply');
    }),
  ];
  return {
    transition: transition.name,
    ok: laws.every(({ ok }) => ok),
    laws,
    priorTermNats: attempt(() => largestPriorTerm(transition), undefined),
  };
}

function tried({ name, once, deviation }: TransitionLaw, cases: readonly LawCase[]): LawResult {
  const { worst, detail } = worstOf(
    (once ? cases.slice(0, 1) : cases).map((each): Deviation => {
      try {
        return deviation(each);
      } catch (error) {
        return { worst: Infinity, detail: once ? String(error) : `(r, s, t) = (${each.r}, ${each.s}, ${each.t}): ${String(error)}` };
      }
    }),
  );
  const ok = worst <= 1;
  return { name, ok, applies: true, detail: ok && worst > 0 ? `holds; farthest off, ${detail}` : detail, worst };
}

const untried = ({ name }: TransitionLaw, detail: string): LawResult => ({ name, ok: true, applies: false, detail, worst: 0 });

type Times = readonly [r: number, s: number, t: number];

function randomTimes(rng: Rng, numSteps: number): Times {
  return [0, 1, 2].map((index) => rng.split('time').integer(numSteps + 1, index)).sort((a, b) => a - b) as unknown as Times;
}

function lawCase(transition: Transition, [r, s, t]: Times, rng: Rng): LawCase {
  const { numStates: K } = transition;
  const spread = (label: string): number[] => Array.from(rng.split(label).float64s(K), (u) => 20 * (u - 1));
  const logits = spread('probs');
  const total = logSumExpOf(logits);
  return {
    transition,
    r,
    s,
    t,
    logProbs: logits.map((logit) => Math.fround(logit - total)),
    logLikelihood: spread('likelihood').map((log, k) => (k % 3 === 1 ? -Infinity : Math.fround(log))),
    states: Array.from({ length: CASE_STATES }, (_, i) => rng.split('states').integer(K, i)),
  };
}

function largestPriorTerm(transition: Transition): number | undefined {
  const { numStates: K, prior } = transition;
  if (prior.kind !== 'fixed' || !hasTables(transition)) return undefined;
  const count = positionCount(transition);
  const x0 = { values: Int32Array.from({ length: K * count }, (_, i) => Math.floor(i / count)), shape: [K, count] };
  return priorTermNats(transition, x0).reduce((largest, nats) => Math.max(largest, nats), 0) / positionsOf(x0);
}

function attempt<V>(work: () => V, otherwise: V): V {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
