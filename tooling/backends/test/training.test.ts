import './measured.ts';
import { createRng, mixture, type ModelSetting, type States, type TrainableDenoiser } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { createConvolutionDenoiser, createTransformerDenoiser, createUNetDenoiser } from '@d3pm/models';
import { inverseRemaining, linear } from '@d3pm/schedules';
import { exactCountLoss, hybridLoss, train, type TrainingLoss } from '@d3pm/train';
import { absorbing, uniform } from '@d3pm/transitions';
import { grads, memory, mul, sum, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => void (await prepareEngine()));

const [T, K] = [20, 6];
const masked = absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: T }) }, {});
const redrawn = uniform.create({ numStates: K, schedule: linear({ numSteps: T, start: 0.02, stop: 0.5 }) }, {});

interface Case {
  readonly shape: readonly number[];
  readonly make: (setting: ModelSetting) => TrainableDenoiser<'denoiser'>;
  readonly loss: TrainingLoss<'denoiser'>;
}
const cases: Readonly<Record<string, Case>> = {
  transformer: {
    shape: [8],
    make: (setting) => createTransformerDenoiser(setting, { numChannels: 16, numBlocks: 1, numHeads: 2, maxDistance: 8 }),
    loss: exactCountLoss({ transition: masked }),
  },
  convolution: {
    shape: [8],
    make: (setting) => createConvolutionDenoiser(setting, { numChannels: 16, dilations: [1, 2] }),
    loss: exactCountLoss({ transition: masked }),
  },
  'U-Net': {
    shape: [2, 2, 1],
    make: (setting) =>
      createUNetDenoiser(setting, {
        numChannels: 8,
        channelMultipliers: [1, 1],
        numResidualBlocks: 1,
        attentionResolutions: [],
        dropout: 0,
      }),
    loss: hybridLoss({ transition: redrawn, reverse: mixture() }),
  },
};
const names = Object.keys(cases);
const settingOf = ({ shape }: Case): ModelSetting => ({ numStates: K, numSteps: T, exampleShape: shape, rng: createRng('model') });

/** Counting upwards modulo 5 from anywhere. */
function batchesOf({ shape }: Case): { batchAt(index: number): States } {
  const size = shape.reduce((product, length) => product * length, 1);
  return {
    batchAt: (index) => ({
      values: Int32Array.from({ length: 8 * size }, (_, i) => (createRng(index).integer(5, Math.floor(i / size)) + (i % size)) % 5),
      shape: [8, ...shape],
    }),
  };
}

/** Of Σ weights · logits, by parameter. */
function gradientsOf(each: Case): Readonly<Record<string, readonly number[]>> {
  const model = each.make(settingOf(each));
  const { values, shape } = batchesOf(each).batchAt(0);
  const weights = Array.from({ length: values.length * K }, (_, i) => createRng(5).normal(i));
  const names = Object.keys(model.parameters);
  const gradients = tidy(() => {
    const [input, factors] = [tensor(values, [...shape], 'int32'), tensor(weights, [...shape, K])];
    const loss = (...moved: Tensor[]): Tensor =>
      sum(mul(model.apply(Object.fromEntries(names.map((key, i) => [key, moved[i]!])), input, 7), factors));
    return grads(loss as never)(Object.values(model.parameters)).map((gradient) => [...gradient.dataSync()]);
  });
  model.dispose();
  return Object.fromEntries(names.map((key, i) => [key, gradients[i]!]));
}

async function lossesOf(name: string, numSteps: number): Promise<readonly number[]> {
  const each = cases[name]!;
  const model = each.make(settingOf(each));
  const losses: number[] = [];
  const options = { numSteps, batches: batchesOf(each), loss: each.loss, learningRate: 0.02, rng: createRng('train'), eventEvery: 1 };
  for await (const { lossBits } of train(model, options)) losses.push(lossBits);
  model.dispose();
  return losses;
}

const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length;

describe.each(names)('%s', (name) => {
  it('has the gradients of the cpu engine, which agree with differences', async () => {
    await prepareEngine({ backend: 'cpu' });
    const expected = gradientsOf(cases[name]!);
    await prepareEngine();
    const actual = gradientsOf(cases[name]!);
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    for (const [parameter, values] of Object.entries(expected)) {
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      // Some twenty layers of float32 sums, and sums over all positions, in another order.
      expectAllClose(actual[parameter]!, values, { rtol: 0, atol: 1e-4 * largest + 1e-5 });
    }
  });

  it('learns, and leaves nothing behind', async ({ task }) => {
    const before = memory().numTensors;
    const losses = await lossesOf(name, 16);
    expect(losses.every(Number.isFinite)).toBe(true);
    // Noise of one batch is some 0.3 bits.
    expect(mean(losses.slice(-4))).toBeLessThan(mean(losses.slice(0, 3)) - 0.3);
    expect(memory().numTensors).toBe(before);
    task.meta.measured = { [`trains ${name}`]: 'yes' };
  });
});

it('gives the same bits again', async ({ task }) => {
  expect(await lossesOf('transformer', 4)).toEqual(await lossesOf('transformer', 4));
  task.meta.measured = { repeats: 'yes' };
});
