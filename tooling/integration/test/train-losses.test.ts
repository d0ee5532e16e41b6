import {
  createRng,
  leaveOneOut,
  mixture,
  plugIn,
  toTensor,
  type Prediction,
  type ReverseProcess,
  type States,
  type TrainableDenoiser,
  type Transition,
} from '@d3pm/core';
import {
  exactBound,
  exactCrossEntropyNats,
  exactLeaveOneOutReverse,
  exactMixture,
  exactPlugIn,
  forwardChain,
  randomLaw,
  type ExactModel,
  type ExactReverse,
  type ForwardChain,
  type Matrix,
} from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { createMlpDenoiser } from '@d3pm/models';
import { fromArray, inverseRemaining } from '@d3pm/schedules';
import { crossEntropyLoss, exactCountLoss, hybridLoss, stepsByLaw, type TrainingLoss } from '@d3pm/train';
import { absorbing, uniform } from '@d3pm/transitions';
import { dispose, tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => void (await prepareEngine()));

const K = 3;
const L = 2;
const T = 5;
const BETAS = [0.1, 0.3, 0.2, 0.5, 0.4];
const BATCH = 2000;
const BATCHES = 10;

/** An untrained network whose answers are neither uniform nor right. */
function makeModel<P extends Prediction>(prediction: P, timeConditioned: boolean): TrainableDenoiser<P> {
  const setting = { numStates: K, numSteps: T, exampleShape: [L], rng: createRng('model') };
  const model = createMlpDenoiser(setting, { numChannels: 8, embeddingSize: 2, numTimeFeatures: 4, timeConditioned, prediction });
  const shaken = Object.entries(model.parameters).map(
    ([name, value]) =>
      [
        name,
        tensor(
          value.dataSync().map((x, i) => x + createRng(4).split(name).normal(i) / 2),
          value.shape,
        ),
      ] as const,
  );
  model.load(Object.fromEntries(shaken));
  dispose(shaken.map(([, value]) => value));
  return model;
}

/** The network as a table of float64 logits over all x_t and t. */
function tabulated(chain: ForwardChain, model: TrainableDenoiser): ExactModel['logits'] {
  const rows = Array.from({ length: T }, (_, i) => {
    const states: States = { values: Int32Array.from(chain.sequences.flat()), shape: [chain.sequences.length, L] };
    return tidy(() => [...model.logits(toTensor(states), i + 1).dataSync()]);
  });
  return (xt, t) => {
    const index = xt.reduce((number, state) => number * K + state, 0);
    return xt.map((_, n) => rows[t - 1]!.slice((index * L + n) * K, (index * L + n + 1) * K));
  };
}

/** BATCH examples whose frequencies are those of the law, to within one example. */
function examples(chain: ForwardChain, law: readonly number[]): { readonly x0: States; readonly law: number[] } {
  const counts = law.map((prob) => Math.round(prob * BATCH));
  counts[counts.indexOf(Math.max(...counts))]! += BATCH - counts.reduce((total, count) => total + count, 0);
  const values = Int32Array.from(counts.flatMap((count, i) => Array.from({ length: count }, () => chain.sequences[i]!).flat()));
  return { x0: { values, shape: [BATCH, L] }, law: counts.map((count) => count / BATCH) };
}

/** Mean of the loss over many batches, with its standard error as if all draws were independent, which stratified ones improve on. */
function estimate(loss: TrainingLoss, model: TrainableDenoiser, x0: States): { readonly mean: number; readonly error: number } {
  const all = Array.from({ length: BATCHES }, (_, i) => {
    const { states, t, weights } = loss.corrupt(x0, createRng(i));
    return tidy(() => {
      const [data, xt] = [toTensor(x0), toTensor(states)];
      return Array.from(loss.nats({ logits: model.logits(xt, t), x0: data, xt, t, ...(weights && { weights }) }).dataSync());
    });
  }).flat();
  const mean = all.reduce((total, value) => total + value, 0) / all.length;
  return { mean, error: Math.sqrt(all.reduce((total, value) => total + (value - mean) ** 2, 0)) / all.length };
}

const schedule = fromArray({ unit: 'jump-probability', noise: BETAS });
const mask: Matrix = Array.from({ length: K }, () => [0, 0, 1]);
const anywhere: Matrix = Array.from({ length: K }, () => [1 / 3, 1 / 3, 1 / 3]);
const mixed =
  (target: Matrix) =>
  (t: number): Matrix =>
    target.map((row, i) => row.map((prob, j) => (i === j ? 1 - BETAS[t - 1]! : 0) + BETAS[t - 1]! * prob));

const masked = {
  transition: absorbing.create({ numStates: K, schedule }, {}),
  chain: forwardChain({ numSteps: T, numPositions: L, step: mixed(mask), extraMask: 2 }),
  prior: [
    [0, 0, 1],
    [0, 0, 1],
  ],
  law: (chain: ForwardChain) => randomLaw(3, 9, (outcome) => !chain.sequences[outcome]!.includes(2)),
};
const redrawn = {
  transition: uniform.create({ numStates: K, schedule }, {}),
  chain: forwardChain({ numSteps: T, numPositions: L, step: mixed(anywhere) }),
  prior: [
    [1 / 3, 1 / 3, 1 / 3],
    [1 / 3, 1 / 3, 1 / 3],
  ],
  law: () => randomLaw(3, 9),
};

interface Case {
  readonly process: {
    readonly transition: Transition;
    readonly chain: ForwardChain;
    readonly prior: Matrix;
    readonly law: (chain: ForwardChain) => number[];
  };
  readonly model: TrainableDenoiser;
  readonly reverse: ExactReverse;
  readonly loss: TrainingLoss;
}

/** Exact L_vb − L_T and Σ CE_t of the tabulated network, and the estimate of the loss; five standard errors apart at most. */
function compare({ process, model, reverse, loss }: Case, expected: (boundNats: number, crossEntropyNats: number) => number): void {
  const { x0, law } = examples(process.chain, process.law(process.chain));
  const exact: ExactModel = { chain: process.chain, prior: process.prior, reverse, logits: tabulated(process.chain, model) };
  const total = (terms: readonly number[]): number => terms.reduce((sum, nats) => sum + nats, 0);
  const value = expected(total(exactBound(exact, law).termNats), total(exactCrossEntropyNats(exact, law)));
  const { mean, error } = estimate(loss, model, x0);
  expect(error / value).toBeLessThan(0.02);
  expect(Math.abs(mean - value)).toBeLessThan(5 * error);
}

describe('the exact-count loss has the expectation L_vb − L_T', () => {
  it.each([false, true])('of a network told the time: %s', (timeConditioned) => {
    const loss = exactCountLoss({ transition: masked.transition });
    compare(
      { process: masked, model: makeModel('denoiser', timeConditioned), reverse: exactMixture, loss: loss as TrainingLoss },
      (bound) => bound,
    );
  });
  it('with weights L · w_n and n masks, each n as often as any other', () => {
    const loss = exactCountLoss({ transition: absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: 4 }) }, {}) });
    const { states, weights } = loss.corrupt({ values: new Int32Array(40), shape: [20, L] }, createRng(1));
    const counts = Array.from({ length: 20 }, (_, b) => [0, 1].filter((n) => states.values[b * L + n] === 2).length);
    expect(counts.filter((count) => count === 1)).toHaveLength(10);
    // (T − t + 1)⁻¹ at T = 4: t/4 is the chance of a mask, r = 1/t; w_1 = Σ 2 (1/t)(t/4)(1 − t/4), w_2 = Σ (1/t)(t/4)².
    const [w1, w2] = [1, 2, 3, 4].reduce(([a, b], t) => [a! + (2 / t) * (t / 4) * (1 - t / 4), b! + (t / 4) ** 2 / t], [0, 0]) as [
      number,
      number,
    ];
    counts.forEach((count, b) => expect(weights![b]).toBeCloseTo(2 * (count === 1 ? w1 : w2), 12));
  });
  it('refuses a process without an extra mask', () => {
    expect(() => exactCountLoss({ transition: redrawn.transition })).toThrow('uniform');
    expect(() => exactCountLoss({ transition: absorbing.create({ numStates: K, schedule }, { extraMask: false }) })).toThrow('hybridLoss');
  });
});

describe('the hybrid loss has the expectation L_vb − L_T + λ Σ CE_t', () => {
  const told = (): TrainableDenoiser<'denoiser'> => makeModel('denoiser', true);
  const hybrid = <P extends Prediction>(transition: Transition, reverse: ReverseProcess<P>): TrainingLoss =>
    hybridLoss({ transition, reverse, lambda: 0.25 }) as TrainingLoss;
  const expected = (bound: number, crossEntropy: number): number => bound + 0.25 * crossEntropy;

  it('absorbing, mixture', () => {
    compare({ process: masked, model: told(), reverse: exactMixture, loss: hybrid(masked.transition, mixture()) }, expected);
  });
  it('uniform, mixture', () => {
    compare({ process: redrawn, model: told(), reverse: exactMixture, loss: hybrid(redrawn.transition, mixture()) }, expected);
  });
  it('uniform, plug-in', () => {
    const reverse = exactPlugIn({ firstStep: 'bayes' });
    compare({ process: redrawn, model: told(), reverse, loss: hybrid(redrawn.transition, plugIn()) }, expected);
  });
  it('uniform, leave-one-out', () => {
    const model = makeModel('leave-one-out', true);
    compare({ process: redrawn, model, reverse: exactLeaveOneOutReverse, loss: hybrid(redrawn.transition, leaveOneOut()) }, expected);
  });
  it('uniform, mixture, whatever the law of steps', () => {
    const law = Float64Array.of(0.4, 0.05, 0.25, 0.1, 0.2);
    const loss = hybridLoss({ transition: redrawn.transition, reverse: mixture(), lambda: 0.25, steps: stepsByLaw(law) }) as TrainingLoss;
    compare({ process: redrawn, model: told(), reverse: exactMixture, loss }, expected);
  });
  it('cross-entropy alone is the mean of CE_t', () => {
    const loss = crossEntropyLoss({ transition: redrawn.transition, reverse: mixture() }) as TrainingLoss;
    compare({ process: redrawn, model: told(), reverse: exactMixture, loss }, (_, crossEntropy) => crossEntropy / T);
  });
});

describe('corruption', () => {
  const x0: States = { values: Int32Array.from({ length: 200 }, (_, i) => i % 2), shape: [100, L] };
  const losses = (): TrainingLoss[] => [
    hybridLoss({ transition: redrawn.transition, reverse: mixture() }) as TrainingLoss,
    crossEntropyLoss({ transition: masked.transition, reverse: mixture() }) as TrainingLoss,
    exactCountLoss({ transition: masked.transition }) as TrainingLoss,
  ];
  it('is a pure function of the stream', () => {
    for (const loss of losses()) {
      expect(loss.corrupt(x0, createRng(1))).toEqual(loss.corrupt(x0, createRng(1)));
      expect(loss.corrupt(x0, createRng(1))).not.toEqual(loss.corrupt(x0, createRng(2)));
    }
  });
  it('meets every t equally often, in no order', () => {
    const t = losses()[0]!.corrupt(x0, createRng(5)).t as Int32Array;
    expect([1, 2, 3, 4, 5].map((step) => t.filter((value) => value === step).length)).toEqual([20, 20, 20, 20, 20]);
    expect([...t]).not.toEqual([...t].sort((a, b) => a - b));
  });
});
