import { createRng, mixture, toTensor, type Parameters, type States, type Transition } from '@d3pm/core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { evaluateBound } from '@d3pm/eval';
import { withLearnedPrior, type LearnedPriorPair } from '@d3pm/models';
import { inverseRemaining } from '@d3pm/schedules';
import { autoregressiveLoss, exactCountLoss, hybridLoss, train, type BatchSource, type TrainingLoss } from '@d3pm/train';
import { absorbing } from '@d3pm/transitions';
import { grad, memory, sub, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { cumulative, data, given, islands, K, learned, logitsOf, N, network, T } from './islands.ts';
import { autoregressiveChain, causalNetwork } from './autoregressive-chain.ts';

await prepareEngine({ backend: 'wasm' });

const softmax = (logits: readonly number[]): number[] => {
  const total = logits.reduce((all, logit) => all + Math.exp(logit), 0);
  return logits.map((logit) => Math.exp(logit) / total);
};
const klNats = (q: readonly number[], p: readonly number[]): number =>
  q.reduce((nats, prob, k) => nats + (prob > 0 ? prob * Math.log(prob / p[k]!) : 0), 0);

describe('L_T in a loss', () => {
  const cases: [string, { readonly positions?: number }][] = [
    ['one prior for all positions', {}],
    ['one for each', { positions: N }],
  ];
  /** The loss of the same draws, with a prior that is learned and one that is fixed. */
  const nats = (loss: TrainingLoss, { denoiser }: LearnedPriorPair<'denoiser'>, parameters: Parameters, x0: States): Tensor => {
    const { states, t, weights } = loss.corrupt(x0, createRng(5));
    return tidy(() => {
      const [clean, xt] = [toTensor(x0), toTensor(states)];
      const logits = denoiser.apply(parameters, xt, t);
      return loss.nats({ logits, x0: clean, xt, t, parameters, ...(weights && { weights }) });
    });
  };

  it.each(cases)('is KL(q(x_T | x_0) ‖ prior), example by example: %s', (_, positions) => {
    const pair = learned({ initialProbs: positions.positions ? [...given, ...[...given].reverse()] : given, ...positions });
    const prior = (n: number): number[] => (positions.positions && n === 1 ? [...given].reverse() : given);
    const [whole, part] = [pair.transition, islands()].map((transition) => hybridLoss({ transition, reverse: mixture() }) as TrainingLoss);
    const difference = sub(nats(whole!, pair, pair.denoiser.parameters, data), nats(part!, pair, pair.denoiser.parameters, data));
    const expected = [0, 1, 2].map((b) => [0, 1].reduce((total, n) => total + klNats(cumulative[data.values[b * N + n]!]!, prior(n)), 0));
    // A difference of two float32 of size up to 20.
    expectAllClose(difference, expected, { rtol: 1e-5, atol: 1e-5 });
  });

  it.each(cases)('has the gradient softmax − q(x_T) in the logits: %s', (_, positions) => {
    const pair = learned({ initialProbs: given, ...positions });
    const loss = hybridLoss({ transition: pair.transition, reverse: mixture(), lambda: 0.1 }) as TrainingLoss;
    const { 'prior.logits': logits, ...rest } = pair.denoiser.parameters;
    const gradient = grad((moved: Tensor) => sum(nats(loss, pair, { ...rest, 'prior.logits': moved }, data)))(logits!);
    const at = (n: number): number[] =>
      given.map((prob, k) => [0, 1, 2].reduce((total, b) => total + prob - cumulative[data.values[b * N + n]!]![k]!, 0));
    const expected = positions.positions ? [...at(0), ...at(1)] : at(0).map((value, k) => value + at(1)[k]!);
    expectAllClose(gradient, expected, { rtol: 1e-5, atol: 1e-5 });
  });

  it('is in every loss that is a bound, and leaves nothing behind', () => {
    const masked = absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: T }) }, {});
    const x0: States = { values: Int32Array.of(0, 1, 2, 0), shape: [2, N] };
    const chain = autoregressiveChain(K, N);
    const losses = [
      [masked, network(), (transition: Transition) => exactCountLoss({ transition })],
      [chain, causalNetwork(K, N), (transition: Transition) => autoregressiveLoss({ transition })],
    ] as const;
    for (const [transition, denoiser, make] of losses) {
      const pair = withLearnedPrior(denoiser, { transition, initialProbs: given });
      const [whole, part] = [pair.transition, transition].map((used) =>
        nats(make(used) as TrainingLoss, pair, pair.denoiser.parameters, x0),
      );
      // Both chains end in the mask, to which this prior gives 0.1: −ln 0.1 a position.
      expectAllClose(sub(whole!, part!), [2 * Math.log(10), 2 * Math.log(10)], { rtol: 1e-5 });
      expectNoLeak(() => nats(make(pair.transition) as TrainingLoss, pair, pair.denoiser.parameters, x0));
    }
  });
});

describe('training', () => {
  /** Position 0 is mostly on the first island, position 1 on either. */
  const laws = [
    [0.6, 0.2, 0.15, 0.05],
    [0.1, 0.4, 0.1, 0.4],
  ];
  const draw = (law: readonly number[], uniform: number): number => {
    let remaining = uniform;
    return law.findIndex((prob) => (remaining -= prob) < 0);
  };
  const batches: BatchSource = {
    batchAt: (index) => {
      const rng = createRng('data').split(index);
      return { values: Int32Array.from({ length: 128 * N }, (_, i) => draw(laws[i % N]!, rng.float64(i))), shape: [128, N] };
    },
  };
  /** Law of x_T at each position, and over both. */
  const ends = laws.map((law) => cumulative[0]!.map((_, k) => law.reduce((total, prob, c) => total + prob * cumulative[c]![k]!, 0)));
  const pooled = ends[0]!.map((prob, k) => (prob + ends[1]![k]!) / 2);

  const run = async (pair: LearnedPriorPair<'denoiser'>): Promise<void> => {
    const loss = hybridLoss({ transition: pair.transition, reverse: mixture() });
    for await (const _ of train(pair.denoiser, {
      numSteps: 150,
      batches,
      loss,
      learningRate: 0.05,
      emaDecay: 0.98,
      rng: createRng('train'),
    }));
  };
  const priorTerm = async ({ denoiser, transition }: LearnedPriorPair<'denoiser'>): Promise<number> => {
    const examples = Array.from({ length: 16 }, (_, i) => batches.batchAt(1000 + i));
    return (await evaluateBound({ transition, denoiser, reverse: mixture(), data: examples, rng: createRng(1) })).prior.nats;
  };

  it('brings one prior to the law of x_T, and L_T down by its divergence from the first one', async () => {
    const pair = learned();
    const first = await priorTerm(pair);
    const before = memory().numTensors;
    await run(pair);
    expect(memory().numTensors).toBe(before);
    const found = softmax(logitsOf(pair));
    // Some 30 batches of 256 states in the average: a standard error of 0.005, and some of the optimiser's own.
    expectAllClose(found, pooled, { rtol: 0, atol: 0.02 });
    // L_T = I(x_0; x_T) + KL(law of x_T ‖ prior), the second of second order at the optimum. 4096 states a part: 0.02 a mean.
    expect(Math.abs(first - (await priorTerm(pair)) - N * klNats(pooled, new Array<number>(K).fill(1 / K)))).toBeLessThan(0.03);
  });

  it('brings the prior of each position to the law there', async () => {
    const pair = learned({ positions: N });
    await run(pair);
    const logits = logitsOf(pair);
    ends.forEach((law, n) => expectAllClose(softmax(logits.slice(n * K, (n + 1) * K)), law, { rtol: 0, atol: 0.025 }));
  });
});
