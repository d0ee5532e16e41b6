import { createRng, mixture, type TrainableDenoiser } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { createMlpDenoiser } from '@d3pm/models';
import { cosine, inverseRemaining } from '@d3pm/schedules';
import { exactCountLoss, hybridLoss, train, type TrainOptions } from '@d3pm/train';
import { absorbing, uniform } from '@d3pm/transitions';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

const K = 4;
const numSteps = 10;
const losses = {
  hybrid: hybridLoss({ transition: uniform.create({ numStates: K, schedule: cosine({ numSteps }) }, {}), reverse: mixture(), lambda: 0.1 }),
  // Its examples have weights.
  'exact count': exactCountLoss({ transition: absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps }) }, {}) }),
};
const makeModel = (): TrainableDenoiser<'denoiser'> =>
  createMlpDenoiser({ numStates: K, numSteps, exampleShape: [3], rng: createRng('model') }, { numChannels: 8, embeddingSize: 3 });

const options = (name: keyof typeof losses, more: Partial<TrainOptions<'denoiser'>> = {}): TrainOptions<'denoiser'> => ({
  numSteps: 3,
  batches: { batchAt: (index) => ({ values: Int32Array.from({ length: 21 }, (_, i) => createRng(index).integer(3, i)), shape: [7, 3] }) },
  loss: losses[name],
  learningRate: 0.01,
  rng: createRng('train'),
  eventEvery: 1,
  // With ε = 1 an update is proportional to the gradient, not to its sign.
  epsilon: 1,
  ...more,
});

async function trained(
  name: keyof typeof losses,
  microBatch?: number,
): Promise<{ readonly losses: number[]; readonly parameters: number[] }> {
  const model = makeModel();
  const seen: number[] = [];
  for await (const { lossBits } of train(model, options(name, microBatch === undefined ? {} : { microBatch }))) seen.push(lossBits);
  return { losses: seen, parameters: Object.values(model.parameters).flatMap((value) => [...value.dataSync()]) };
}

describe.each(Object.keys(losses) as (keyof typeof losses)[])('%s', (name) => {
  it.each([1, 2, 3, 6])('parts of %d give the losses and the parameters of the whole batch of 7', async (microBatch) => {
    const [whole, parts] = [await trained(name), await trained(name, microBatch)];
    expectAllClose(parts.losses, whole.losses, { rtol: 1e-5, atol: 1e-6 });
    expectAllClose(parts.parameters, whole.parameters, { rtol: 1e-5, atol: 1e-6 });
    expect(whole.parameters).not.toEqual(Object.values(makeModel().parameters).flatMap((value) => [...value.dataSync()]));
  });

  it.each([7, 100])('a part of %d is the whole batch, bit for bit', async (microBatch) => {
    expect(await trained(name, microBatch)).toEqual(await trained(name));
  });
});

it('shows the network no more examples at a time, and all of them', async () => {
  const model = makeModel();
  const sizes: number[] = [];
  const watched: TrainableDenoiser<'denoiser'> = {
    ...model,
    parameters: model.parameters,
    apply: (parameters, states, t, more) => (sizes.push(states.shape[0]!), model.apply(parameters, states, t, more)),
  };
  for await (const _ of train(watched, options('hybrid', { numSteps: 1, microBatch: 3 })));
  expect(sizes).toEqual([3, 3, 1]);
});

it('leaves no tensor behind', async () => {
  const model = makeModel();
  const before = memory().numTensors;
  for await (const { step } of train(model, options('exact count', { microBatch: 2 }))) expect(step).toBeGreaterThan(0);
  expect(memory().numTensors).toBe(before);
});

it('leaves nothing of the parts before the one that fails', async () => {
  const left = async (part: number): Promise<number> => {
    const model = makeModel();
    const before = memory().numTensors;
    let calls = 0;
    const failing: TrainableDenoiser<'denoiser'> = {
      ...model,
      parameters: model.parameters,
      apply: (...given) => {
        if (++calls === part) throw new Error('this part');
        return model.apply(...given);
      },
    };
    await expect(train(failing, options('hybrid', { microBatch: 2 })).next()).rejects.toThrow('this part');
    return memory().numTensors - before;
  };
  // tfjs itself keeps what a tape has saved when the function that it records throws.
  expect(await left(3)).toBe(await left(1));
});

it('the event loop turns between the parts of an update, so that a lock is touched and a signal is heard in a long one', async () => {
  const model = makeModel();
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const seen: number[] = [];
  const slow: TrainOptions<'denoiser'>['loss'] = {
    ...losses.hybrid,
    nats: (input) => {
      seen.push(turns);
      for (const end = performance.now() + 25; performance.now() < end;);
      return losses.hybrid.nats(input);
    },
  };
  for await (const _ of train(model, options('hybrid', { loss: slow, microBatch: 2, numSteps: 1 })));
  isDone = true;
  expect(seen.length).toBe(4);
  expect(seen.every((turn, i) => i === 0 || turn > seen[i - 1]!)).toBe(true);
});

it.each([0, 2.5, NaN])('refuses a part of %d examples', async (microBatch) => {
  await expect(train(makeModel(), options('hybrid', { microBatch })).next()).rejects.toMatchObject({
    code: 'INVALID_OPTIONS',
    message: expect.stringContaining('microBatch'),
  });
});
