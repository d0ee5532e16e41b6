import { createRng, isD3pmError, mixture, toTensor, type LearnedPrior, type Parameters, type States } from '@d3pm/core';
import { expectSampledFrom } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { createTransformerDenoiser, withLearnedPrior } from '@d3pm/models';
import { ancestralSampler, samplePrior } from '@d3pm/samplers';
import { inverseRemaining } from '@d3pm/schedules';
import { crossEntropyLoss, hybridLoss, train } from '@d3pm/train';
import { absorbing } from '@d3pm/transitions';
import { clone, dispose, memory, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { data, given, islands, K, learned, logitsOf, N, network, T } from './islands.ts';
import { autoregressiveChain, causalNetwork } from './autoregressive-chain.ts';

await prepareEngine({ backend: 'wasm' });

const failure = (work: () => unknown): { readonly code: string; readonly message: string } => {
  try {
    work();
  } catch (error) {
    if (isD3pmError(error)) return error;
    throw error;
  }
  return { code: 'none', message: '' };
};

describe('the pair', () => {
  const saved = (parameters: Parameters): Parameters =>
    Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, clone(value)]));

  it('saves and loads its prior with the rest, and the chain reads what is loaded', async () => {
    const before = memory().numTensors;
    const [from, to] = [learned({ initialProbs: given }), learned()];
    const checkpoint = saved(from.denoiser.parameters);
    to.denoiser.load(checkpoint);
    dispose({ ...checkpoint });
    expect(logitsOf(to)).toEqual(logitsOf(from));
    expect((to.transition.prior as LearnedPrior).logits).toBe(to.denoiser.parameters['prior.logits']);
    const x0 = toTensor(data);
    expect([...to.denoiser.logits(x0, 1).dataSync()]).toEqual([...from.denoiser.logits(x0, 1).dataSync()]);
    from.denoiser.dispose();
    to.denoiser.dispose();
    expect(memory().numTensors).toBe(before + 3);
  });

  it('starts samples from its prior', async () => {
    const { denoiser, transition } = learned({ initialProbs: given });
    const counts = (states: States): number[] => [0, 1, 2, 3].map((k) => states.values.filter((state) => state === k).length);
    const shape = [3000, N];
    expectSampledFrom(counts(await samplePrior(transition, { shape, rng: createRng(1) })), given);
    const { value } = await ancestralSampler({ transition, denoiser, reverse: mixture(), shape, rng: createRng(2) }).next();
    expectSampledFrom(counts(value!.states), given);
  });

  it('has what the chain and the network have', () => {
    const masked = absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: T }) }, {});
    const { transition } = withLearnedPrior(network(), { transition: masked });
    const { prior: _, dispose: __, ...rest } = masked;
    expect(Object.keys({ ...transition, prior: 0 }).sort()).toEqual([...Object.keys(rest), 'dispose', 'prior'].sort());
    expect(transition.toDense(0, 2)).toEqual(masked.toDense(0, 2));
    const causal = withLearnedPrior(causalNetwork(K, N), { transition: autoregressiveChain(K, N) }).denoiser;
    const decoder = causal.startDecoding!(2);
    expect([causal.causal, decoder.next().shape]).toEqual([true, [2, K]]);
    const told = createTransformerDenoiser(
      { numStates: K, numSteps: T, exampleShape: [N], rng: createRng(1) },
      { numChannels: 8, timeConditioned: true },
    );
    expect(withLearnedPrior(told, { transition: islands() }).denoiser.numSteps).toBe(T);
  });

  it('starts impossible states at e⁻³⁰, from which they can be learned', () => {
    const [first, second, ...others] = logitsOf(learned({ initialProbs: [0.5, 0.5, 0, 0] }));
    expect([first, second]).toEqual([Math.fround(Math.log(0.5)), Math.fround(Math.log(0.5))]);
    expect(others).toEqual([-30, -30]);
  });

  it('lists every difference of parameters that do not fit, and changes nothing', () => {
    const { denoiser } = learned({ initialProbs: given });
    const { 'prior.logits': logits, 'output.bias': bias, ...rest } = denoiser.parameters;
    const missing = failure(() => denoiser.load({ ...rest, 'prior.logits': tensor([0, 0]) }));
    expect(missing).toMatchObject({
      code: 'UNKNOWN_NAME',
      message: expect.stringMatching(/output\.bias is missing; prior\.logits is float32 \[2\]/),
    });
    expect(failure(() => denoiser.apply({ ...rest, 'output.bias': bias! }, toTensor(data), 1)).message).toContain(
      'prior.logits is missing',
    );
    expect(denoiser.parameters['prior.logits']).toBe(logits);
  });

  it.each<[string, () => unknown, string, string]>([
    [
      'another number of states',
      () =>
        withLearnedPrior(network(), { transition: absorbing.create({ numStates: 6, schedule: inverseRemaining({ numSteps: T }) }, {}) }),
      'SHAPE',
      '6',
    ],
    ['probabilities of another length', () => learned({ initialProbs: [0.5, 0.5] }), 'SHAPE', 'expected 4'],
    ['probabilities that do not sum to 1', () => learned({ initialProbs: [0.5, 0.5, 0.5, 0] }), 'NOT_STOCHASTIC', 'sum to 1.5'],
    ['a negative one', () => learned({ initialProbs: [1.5, -0.5, 0, 0] }), 'NOT_STOCHASTIC', 'initialProbs[1] is -0.5'],
    ['no position', () => learned({ positions: 0 }), 'INVALID_OPTIONS', 'positions is 0'],
    [
      'other positions than the chain has',
      () => withLearnedPrior(causalNetwork(K, 3), { transition: autoregressiveChain(K, 3), positions: 2 }),
      'SHAPE',
      'made for 3',
    ],
    ['a network that has one already', () => withLearnedPrior(learned().denoiser, { transition: islands() }), 'INVALID_OPTIONS', 'already'],
  ])('refuses %s', (_, work, code, part) => {
    const error = failure(work);
    expect(error.code).toBe(code);
    expect(error.message).toContain('withLearnedPrior');
    expect(error.message).toContain(part);
  });

  it('is trained as a pair, and by a bound', async () => {
    const { transition } = learned();
    const loss = hybridLoss({ transition, reverse: mixture() });
    const options = { numSteps: 1, batches: { batchAt: () => data }, loss, learningRate: 0.1, rng: createRng(1) };
    const error = await train(network(), options)
      .next()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'UNSOUND', message: expect.stringContaining('the denoiser that withLearnedPrior made') });
    expect(failure(() => crossEntropyLoss({ transition, reverse: mixture() }))).toMatchObject({
      code: 'UNSOUND',
      message: expect.stringContaining('hybridLoss'),
    });
  });
});
