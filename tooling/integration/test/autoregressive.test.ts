import {
  assertAutoregressive,
  boundTermNats,
  createRng,
  isD3pmError,
  mixture,
  toTensor,
  type Denoiser,
  type States,
  type Transition,
} from '@d3pm/core';
import { expectAllClose, expectSampledFrom, sequences } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { ancestralSampler, autoregressiveSampler, finalStates, type AutoregressiveSamplerOptions, type SamplerState } from '@d3pm/samplers';
import { fromArray, inverseRemaining } from '@d3pm/schedules';
import { absorbing, autoregressive, dense } from '@d3pm/transitions';
import { memory, mul } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { autoregressiveChain, causalNegativeLogLikelihoods, causalNetwork } from './autoregressive-chain.ts';
import { countSequences } from './exact-network.ts';

await prepareEngine({ backend: 'wasm' });

const [K, N, MASK] = [4, 3, 3];
const EXAMPLES = 6_000;
const transition = autoregressiveChain(K, N);
const network = causalNetwork(K, N);
/** The same network, asked for whole sequences only. */
const { startDecoding: _, ...uncached }: Denoiser<'denoiser'> = { ...network, logits: network.logits };

const options = (more: Partial<AutoregressiveSamplerOptions> = {}): AutoregressiveSamplerOptions => ({
  transition,
  denoiser: network,
  shape: [5, N],
  rng: createRng('samples'),
  ...more,
});
async function all(sampler: AsyncIterable<SamplerState>): Promise<SamplerState[]> {
  const states: SamplerState[] = [];
  for await (const state of sampler) states.push(state);
  return states;
}
const rows = ({ values }: States): number[][] =>
  Array.from({ length: values.length / N }, (_, b) => Array.from(values.subarray(b * N, (b + 1) * N)));
const failure = async (work: () => unknown): Promise<{ readonly code: string; readonly message: string }> => {
  try {
    await work();
  } catch (error) {
    if (isD3pmError(error)) return error;
    throw error;
  }
  return { code: 'none', message: '' };
};

describe('autoregressiveSampler', () => {
  it('draws from the law of the network, enumerated prefix by prefix', async () => {
    const states = await finalStates(autoregressiveSampler(options({ shape: [EXAMPLES, N] })));
    const nats = causalNegativeLogLikelihoods(network, K, N);
    const law = new Array<number>(K ** N).fill(0);
    sequences(K - 1, N).forEach((sequence, i) => {
      law[sequence.reduce((index, state) => index * K + state, 0)] = Math.exp(-nats[i]!);
    });
    expectSampledFrom(countSequences(states, K), law);
  });

  it('gives the samples of ancestralSampler on the same chain, seed for seed', async () => {
    const shared = { transition, shape: [200, N], rng: createRng(3), firstExample: 11 };
    const ancestral = await all(ancestralSampler({ ...shared, denoiser: network, reverse: mixture() }));
    for (const denoiser of [network, uncached]) {
      const one = await all(autoregressiveSampler({ ...shared, denoiser }));
      expect(one.map(({ t, states }) => [t, rows(states)])).toEqual(ancestral.map(({ t, states }) => [t, rows(states)]));
    }
  });

  it('yields every t from N to 0, masked behind what is drawn, for one call a position', async () => {
    const yielded = await all(autoregressiveSampler(options()));
    expect(yielded.map(({ t, networkCalls, changed }) => [t, networkCalls, changed])).toEqual([
      [3, 0, 0],
      [2, 1, 5],
      [1, 2, 5],
      [0, 3, 5],
    ]);
    const end = rows(yielded.at(-1)!.states);
    for (const { t, states } of yielded) {
      expect(rows(states)).toEqual(end.map((row) => row.map((state, i) => (i < N - t ? state : MASK))));
    }
  });

  it('an example depends on its number, not on its batch', async () => {
    const whole = await finalStates(autoregressiveSampler(options({ shape: [6, N] })));
    const tail = await finalStates(autoregressiveSampler(options({ shape: [2, N], firstExample: 4 })));
    expect(rows(tail)).toEqual(rows(whole).slice(4));
  });

  it.each([
    ['with a cache', network, [3, 0, 2]],
    ['without', uncached, [1, 0, 0]],
  ] as const)('goes on from a prefix: %s', async (_, denoiser, [calls]) => {
    const whole = await finalStates(autoregressiveSampler(options()));
    const prefix: States = { values: Int32Array.from(rows(whole).flatMap((row) => row.slice(0, 2))), shape: [5, 2] };
    const yielded = await all(autoregressiveSampler(options({ denoiser, prefix })));
    expect(yielded.map(({ t }) => t)).toEqual([1, 0]);
    expect(rows(yielded[0]!.states)).toEqual(rows(whole).map(([a, b]) => [a, b, MASK]));
    expect(rows(yielded[1]!.states)).toEqual(rows(whole));
    expect(yielded[1]!.networkCalls).toBe(calls);
    expect(
      (await all(autoregressiveSampler(options({ denoiser, prefix: whole })))).map(({ t, networkCalls }) => [t, networkCalls]),
    ).toEqual([[0, 0]]);
  });

  it('frees what it kept, at the end and when the loop is left', async () => {
    const before = memory().numTensors;
    for await (const { t } of autoregressiveSampler(options())) if (t === 1) break;
    await all(autoregressiveSampler(options()));
    await all(autoregressiveSampler(options({ denoiser: uncached })));
    expect(memory().numTensors).toBe(before);
  });

  it.each<[string, Partial<AutoregressiveSamplerOptions>, string, string]>([
    ['a network that sees the state itself', { denoiser: { ...uncached, causal: undefined } as never }, 'UNSOUND', 'causal: true'],
    [
      'another chain',
      { transition: absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: N }) }, {}) },
      'UNSOUND',
      'absorbing',
    ],
    ['another length', { shape: [5, N + 1] }, 'SHAPE', `${N + 1} positions`],
    ['another K', { denoiser: causalNetwork(K + 1, N) }, 'SHAPE', `${K + 1} states`],
    ['a prefix of another batch', { prefix: { values: new Int32Array(4), shape: [4, 1] } }, 'SHAPE', 'prefix has shape [4, 1]'],
    ['a prefix that is too long', { prefix: { values: new Int32Array(20), shape: [5, 4] } }, 'SHAPE', `the first M of ${N}`],
    ['a mask in the prefix', { prefix: { values: new Int32Array(5).fill(MASK), shape: [5, 1] } }, 'STATE_RANGE', 'mask'],
  ])('refuses %s, at once', async (_, wrong, code, part) => {
    const error = await failure(() => autoregressiveSampler(options(wrong)));
    expect(error.code).toBe(code);
    expect(error.message).toContain('autoregressiveSampler');
    expect(error.message).toContain(part);
  });

  it('names the example and the position of logits that are NaN, and leaves nothing behind', async () => {
    const before = memory().numTensors;
    const poisoned = { ...uncached, logits: (states: never, t: never) => mul(network.logits(states, t), NaN) };
    const error = await failure(() => all(autoregressiveSampler(options({ denoiser: poisoned, firstExample: 2 }))));
    expect(error).toMatchObject({ code: 'NON_FINITE', message: expect.stringContaining('example 2, position 0') });
    expect(memory().numTensors).toBe(before);
  });
});

describe('assertAutoregressive', () => {
  const refusal = (chain: Transition): Promise<{ readonly code: string }> => failure(() => assertAutoregressive('here', chain));

  it('takes the chain of Section 4, by rows or by its dense form', async () => {
    const { rowProbs: _, ...slow } = transition;
    expect((await refusal(transition)).code).toBe('none');
    expect((await refusal(slow)).code).toBe('none');
  });

  it('takes the family of that name, whose samples are the same', async () => {
    const family = autoregressive.create({ numStates: K, schedule: inverseRemaining({ numSteps: 1 }) }, { positions: N });
    expect((await refusal(family)).code).toBe('none');
    const [one, other] = await Promise.all(
      [family, transition].map((used) => finalStates(autoregressiveSampler(options({ transition: used })))),
    );
    expect(one).toEqual(other);
  });

  it.each<[string, Transition]>([
    [
      'positions in the other order',
      { ...transition, rowProbs: (state, s, t, position = 0) => transition.rowProbs!(state, s, t, N - 1 - position) },
    ],
    ['a mask that data may show', { ...transition, extraMask: undefined } as never],
    [
      'noise that is not certain',
      { ...transition, rowProbs: (state, s, t, n) => Array.from(transition.rowProbs!(state, s, t, n)).map((p) => 0.9 * p + 0.1 / K) },
    ],
    [
      'absorbing at all positions at once',
      absorbing.create({ numStates: K, schedule: fromArray({ unit: 'jump-probability', noise: [1] }) }, {}),
    ],
    [
      'two steps a position',
      dense({
        name: 'slow',
        numStates: 2,
        numSteps: 2,
        positions: 1,
        step: (t) => Float64Array.of(Number(t === 1), Number(t === 2), 0, 1),
        prior: { kind: 'fixed', probs: Float64Array.of(0, 1) },
      }),
    ],
  ])('refuses %s', async (_, chain) => {
    expect((await refusal(chain)).code).toBe('UNSOUND');
  });
});

describe('the bound of the chain', () => {
  it('is the negative log-likelihood of the causal network: one step, one token', () => {
    const data: States = { values: Int32Array.from(sequences(K - 1, N).flat()), shape: [(K - 1) ** N, N] };
    const expected = causalNegativeLogLikelihoods(network, K, N);
    const total = new Float64Array(expected.length);
    for (let t = 1; t <= N; t++) {
      const xt: States = { ...data, values: data.values.map((state, i) => (i % N < N - t ? state : MASK)) };
      const tensors = [toTensor(data), toTensor(xt)] as const;
      const nats = boundTermNats(transition, mixture(), {
        x0: tensors[0],
        xt: tensors[1],
        s: t - 1,
        t,
        logits: network.logits(tensors[1], t),
      });
      nats.dataSync().forEach((value, i) => (total[i]! += value));
    }
    // Sums of three float32 of size about 1.
    expectAllClose(total, expected, { rtol: 2e-6, atol: 1e-6 });
  });
});
