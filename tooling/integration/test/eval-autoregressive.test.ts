import { createRng, mixture, type Denoiser, type States } from '@d3pm/core';
import { expectAllClose, sequences } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { evaluateAutoregressive, evaluateBound, type EvaluateAutoregressiveOptions, type EvaluationProgress } from '@d3pm/eval';
import { inverseRemaining } from '@d3pm/schedules';
import { absorbing } from '@d3pm/transitions';
import { fill, memory, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { autoregressiveChain, causalNegativeLogLikelihoods, causalNetwork } from './autoregressive-chain.ts';

await prepareEngine({ backend: 'wasm' });

const [K, N] = [4, 3];
const transition = autoregressiveChain(K, N);
const denoiser = causalNetwork(K, N);
const nats = causalNegativeLogLikelihoods(denoiser, K, N);
const mean = nats.reduce((sum, value) => sum + value, 0) / nats.length;
const all: States = { values: Int32Array.from(sequences(K - 1, N).flat()), shape: [(K - 1) ** N, N] };
/** Batches of 5, the last one short. */
const batches = (): States[] =>
  Array.from({ length: Math.ceil(nats.length / 5) }, (_, i) => {
    const values = all.values.subarray(i * 5 * N, (i + 1) * 5 * N);
    return { values, shape: [values.length / N, N] };
  });
const options = (more: Partial<EvaluateAutoregressiveOptions> = {}): EvaluateAutoregressiveOptions => ({
  transition,
  denoiser,
  data: batches(),
  rng: createRng(1),
  ...more,
});

describe('evaluateAutoregressive', () => {
  it('is the mean of the exact negative log-likelihoods, in one call a batch, without a Monte-Carlo error', async () => {
    const { total, exampleNats, numExamples, positions, networkCalls } = await evaluateAutoregressive(options());
    expect(total.nats).toBeCloseTo(mean, 5);
    expect(total.bitsPerDimension).toBeCloseTo(mean / N / Math.LN2, 5);
    expect([total.monteCarloErrorNats, total.monteCarloErrorBitsPerDimension]).toEqual([0, 0]);
    const variance = nats.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (nats.length - 1);
    expect(total.standardErrorNats).toBeCloseTo(Math.sqrt(variance / nats.length), 5);
    expectAllClose(exampleNats, nats, { rtol: 1e-5, atol: 1e-5 });
    expect([numExamples, positions, networkCalls]).toEqual([27, N, 6]);
  });

  it('is the bound of the autoregressive chain, which has nothing to draw', async () => {
    const bound = await evaluateBound({ ...options(), denoiser, reverse: mixture() });
    expect(bound.total.nats).toBeCloseTo((await evaluateAutoregressive(options())).total.nats, 4);
  });

  it('tells its progress, and leaves no tensor', async () => {
    const told: EvaluationProgress[] = [];
    const before = memory().numTensors;
    await evaluateAutoregressive(options({ onProgress: (progress) => told.push(progress) }));
    expect(memory().numTensors).toBe(before);
    expect(told.map(({ networkCalls, numExamples }) => [networkCalls, numExamples])).toEqual([
      [1, 5],
      [2, 10],
      [3, 15],
      [4, 20],
      [5, 25],
      [6, 27],
    ]);
  });

  it.each<[string, Partial<EvaluateAutoregressiveOptions>, string]>([
    [
      'a network that is not causal',
      { denoiser: { prediction: 'denoiser', numStates: K, timeFree: true, logits: denoiser.logits } },
      'UNSOUND',
    ],
    ['another chain', { transition: absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: 3 }) }, {}) }, 'UNSOUND'],
    ['no example', { data: [] }, 'INVALID_DATA'],
    ['a masked position', { data: [{ values: Int32Array.of(0, 3, 1), shape: [1, 3] }] }, 'STATE_RANGE'],
    ['logits that are NaN', { denoiser: nanNetwork() }, 'NON_FINITE'],
  ])('refuses %s', async (_, more, code) => {
    await expect(evaluateAutoregressive(options(more))).rejects.toMatchObject({ code });
  });
});

function nanNetwork(): Denoiser<'denoiser'> {
  return { ...denoiser, logits: (states) => tidy(() => fill([...states.shape, K], NaN)) };
}
