import { identity, times, type Matrix } from './matrix.ts';

export interface ForwardChainOptions {
  /** T */
  readonly numSteps: number;
  /** L */
  readonly numPositions: number;
  /** Q_t of one position, row-stochastic, t ∈ 1…T. */
  step(t: number, position: number): Matrix;
  /** A state that the data never shows: predictions of x_0 give it probability 0. */
  readonly extraMask?: number;
}

/** A forward process small enough to enumerate: K^L sequences, all matrices in float64. */
export interface ForwardChain {
  readonly numStates: number;
  readonly numSteps: number;
  readonly numPositions: number;
  readonly extraMask?: number;
  /** All K^L sequences; the last position changes fastest. Laws over sequences are indexed like them. */
  readonly sequences: readonly (readonly number[])[];
  /** Q(s→t) = Q_{s+1} ⋯ Q_t. */
  between(s: number, t: number, position: number): Matrix;
}

/** A {@link ForwardChain} by multiplication of its steps, and of nothing else. */
export function forwardChain({ numSteps, numPositions, step, extraMask }: ForwardChainOptions): ForwardChain {
  const numStates = step(1, 0).length;
  const products = new Map<string, Matrix>();
  const between = (s: number, t: number, position: number): Matrix => {
    if (s === t) return identity(numStates);
    const key = `${s} ${t} ${position}`;
    const known = products.get(key) ?? times(between(s, t - 1, position), step(t, position));
    products.set(key, known);
    return known;
  };
  return {
    numStates,
    numSteps,
    numPositions,
    ...(extraMask !== undefined && { extraMask }),
    sequences: sequences(numStates, numPositions),
    between,
  };
}

/** All K^L sequences, in the order of their digits in base K. */
export function sequences(numStates: number, numPositions: number): number[][] {
  let all: number[][] = [[]];
  for (let n = 0; n < numPositions; n++) all = all.flatMap((head) => Array.from({ length: numStates }, (_, state) => [...head, state]));
  return all;
}

/** The law of a sequence whose positions are independent, from one row per position. */
export function productLaw({ sequences: all }: Pick<ForwardChain, 'sequences'>, rows: Matrix): number[] {
  return all.map((sequence) => sequence.reduce((product, state, n) => product * rows[n]![state]!, 1));
}
