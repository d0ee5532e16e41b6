import { stepOf, type Denoiser, type Prediction, type Rng } from '@d3pm/core';
import { forwardChain, randomLaw, type ExactLogits, type ForwardChain } from '@d3pm/core/testing';
import type { SamplerState } from '@d3pm/samplers';
import { absorbing } from '@d3pm/transitions';
import { exactNetwork } from './exact-network.ts';
import { absorbingStep } from './oracle-families.ts';

/** The absorbing chain that is small enough for everything: K = 3 with the mask between the states of data. */
export const MASK = 1;
export const K = 3;

export interface SmallChain {
  readonly transition: ReturnType<typeof absorbing.create>;
  readonly chain: ForwardChain;
  readonly dataLaw: readonly number[];
  readonly cells: readonly number[];
}

export function smallChain(betas: readonly number[] = [0.3, 0.2, 0.5, 1], numPositions = 3): SmallChain {
  const schedule = { unit: 'jump-probability', numSteps: betas.length, noise: Float64Array.from(betas) } as const;
  const chain = forwardChain({
    numSteps: betas.length,
    numPositions,
    step: (t) => absorbingStep(K, betas[t - 1]!, MASK),
    extraMask: MASK,
  });
  const masked = Array.from({ length: betas.length + 1 }, (_, t) => chain.between(0, t, 0)[0]![MASK]!);
  return {
    transition: absorbing.create({ numStates: K, schedule }, { maskState: MASK }),
    chain,
    dataLaw: randomLaw(7, chain.sequences.length, (x0) => !chain.sequences[x0]!.includes(MASK)),
    /** P(a mask of x_T lifts in step t), entry t − 1. */
    cells: masked.slice(1).map((share, i) => (share - masked[i]!) / masked.at(-1)!),
  };
}

/** Numbers that a test chooses, by the labels of the stream and the index in it. */
export function scriptedRng(number: (labels: readonly (number | string)[], index: number) => number): Rng {
  const stream = (labels: readonly (number | string)[]): Rng => ({
    key: [0, 0],
    split: (...more) => stream([...labels, ...more]),
    float64: (index) => number(labels, index),
    float64s: (count, offset = 0) => Float64Array.from({ length: count }, (_, i) => number(labels, offset + i)),
    integer: (bound, index) => Math.floor(number(labels, index) * bound),
    normal: (index) => number(labels, index),
    permutation: (count) => Int32Array.from({ length: count }, (_, i) => i),
  });
  return stream([]);
}

/** The largest number that a stream can give. */
export const ALMOST_ONE: number = 1 - 2 ** -53;

/** One example of a call: what the network saw, and the step it was told. */
export interface AskedRow {
  readonly states: readonly number[];
  readonly t: number;
}

/** A network of enumerated logits that remembers each example that it was asked, call by call. */
export function recordingNetwork<P extends Prediction>(
  prediction: P,
  numStates: number,
  logits: ExactLogits,
  { timeFree = false }: { readonly timeFree?: boolean } = {},
): Denoiser<P> & { readonly calls: (readonly AskedRow[])[] } {
  const calls: (readonly AskedRow[])[] = [];
  const network = exactNetwork(prediction, numStates, logits, { timeFree });
  return {
    ...network,
    calls,
    logits: (states, t) => {
      const [batchSize, values] = [states.shape[0]!, states.dataSync()];
      const positions = values.length / batchSize;
      calls.push(
        Array.from({ length: batchSize }, (_, b) => ({
          states: Array.from(values.subarray(b * positions, (b + 1) * positions)),
          t: stepOf(t, b),
        })),
      );
      return network.logits(states, t);
    },
  };
}

/** softmax without the mask, in float64. */
export function predicted(logits: readonly number[], mask: number = MASK): number[] {
  const weights = logits.map((logit, c) => (c === mask ? 0 : Math.exp(logit)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

export async function all(sampler: AsyncIterable<SamplerState>): Promise<SamplerState[]> {
  const states: SamplerState[] = [];
  for await (const state of sampler) states.push(state);
  return states;
}

export function rowOf({ states }: SamplerState, example: number): number[] {
  const positions = states.values.length / states.shape[0]!;
  return Array.from(states.values.subarray(example * positions, (example + 1) * positions));
}

export function indexOf(sequence: readonly number[], numStates: number = K): number {
  return sequence.reduce((index, state) => index * numStates + state, 0);
}

/** The digits of a number in mixed bases, the last one first. */
export function digits(value: number, bases: readonly number[]): number[] {
  let rest = value;
  return bases.map((base) => {
    const digit = rest % base;
    rest = Math.floor(rest / base);
    return digit;
  });
}

/**
 * The probability of each example's path under the network, from what the sampler asked and drew: Π f(x_n | what it was asked), over the
 * positions that each call has changed. The rows of a call are the examples that it changes.
 */
export function pathProbs(yielded: readonly SamplerState[], calls: readonly (readonly AskedRow[])[], logits: ExactLogits): number[] {
  const probs = new Array<number>(yielded[0]!.states.shape[0]!).fill(1);
  let call = 0;
  yielded.slice(1).forEach((state, i) => {
    const before = yielded[i]!;
    const changed = probs.flatMap((_, b) => (rowOf(before, b).join() === rowOf(state, b).join() ? [] : [b]));
    const rows = changed.length > 0 ? calls[call++]! : [];
    if (rows.length !== changed.length) throw new Error(`pathProbs: ${rows.length} rows for ${changed.length} changed examples`);
    changed.forEach((b, row) => {
      const f = logits(rows[row]!.states, rows[row]!.t);
      const [was, is] = [rowOf(before, b), rowOf(state, b)];
      if (rows[row]!.states.join() !== was.join()) throw new Error(`pathProbs: example ${b} was at ${was.join()}`);
      is.forEach((drawn, n) => {
        if (drawn !== was[n]) probs[b]! *= predicted(f[n]!)[drawn]!;
      });
    });
  });
  return probs;
}

export function totalVariation(p: readonly number[], q: readonly number[]): number {
  return p.reduce((sum, prob, i) => sum + Math.abs(prob - q[i]!), 0) / 2;
}
