import { createRng, type ModelSetting, type TrainableDenoiser } from '@d3pm/core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { createUNetDenoiser, type UNetDenoiserOptions } from '@d3pm/models';
import { add, fill, slice, tensor, tidy, zerosLike, concat, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { imageOfStates } from '../../src/u-net/image-of-states.ts';

beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

const SHAPE = [4, 4, 2];
const small: UNetDenoiserOptions<'denoiser'> = { numChannels: 4, channelMultipliers: [1, 2], numResidualBlocks: 1, dropout: 0 };
const setting = (more: Partial<ModelSetting> = {}): ModelSetting => ({
  numStates: 257,
  numSteps: 20,
  exampleShape: SHAPE,
  rng: createRng(1),
  ...more,
});
const shapes = ({ parameters }: TrainableDenoiser): object =>
  Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, shape]));
const pixels = (...values: number[]): Tensor => tensor(values, [1, 1, values.length, 1], 'int32');

describe('what the network reads', () => {
  it('without a mask of its own is the levels, from −1 to 1', () => {
    expectAllClose(imageOfStates(pixels(0, 1, 128, 255), { numStates: 256 }), [-1, -253 / 255, 1 / 255, 1]);
  });

  it('with one is the levels of the data, 0 at the mask, and where it is', () => {
    const image = imageOfStates(pixels(0, 1, 255, 256), { numStates: 257, extraMask: 256 });
    expect(image.shape).toEqual([1, 1, 4, 2]);
    expectAllClose(image, [-1, 0, -253 / 255, 0, 1, 0, 0, 1]);
  });

  it('is the same wherever the mask is among the states', () => {
    expectAllClose(imageOfStates(pixels(0, 1, 2, 3), { numStates: 4, extraMask: 1 }), [-1, 0, 0, 1, 0, 0, 1, 0]);
  });
});

describe('a network for a mask of its own', () => {
  it('has one more input for each channel, and all other parameters as without', () => {
    const [plain, masked] = [createUNetDenoiser(setting(), small), createUNetDenoiser(setting({ extraMask: 256 }), small)];
    expect(shapes(masked)).toEqual({ ...shapes(plain), 'input.weight': [3, 3, 4, 4] });
    for (const [name, value] of Object.entries(plain.parameters).filter(([name]) => name !== 'input.weight'))
      expect([...masked.parameters[name]!.dataSync()]).toEqual([...value.dataSync()]);
  });

  it('reads these inputs where there is a mask, and only there', () => {
    const model = createUNetDenoiser(setting({ extraMask: 256 }), small);
    tidy(() => {
      const shaken = Object.fromEntries(Object.entries(model.parameters).map(([name, value]) => [name, add(value, 0.05)]));
      const input = shaken['input.weight']!;
      const ofLevels = slice(input, [0, 0, 0, 0], [3, 3, 2, 4]);
      const unread = { ...shaken, 'input.weight': concat([ofLevels, zerosLike(ofLevels)], 2) };
      const difference = (state: number): number => {
        const states = fill([1, ...SHAPE], state, 'int32');
        const [with_, without] = [model.apply(shaken, states, 3).dataSync(), model.apply(unread, states, 3).dataSync()];
        return Math.max(...with_.map((value, i) => Math.abs(value - without[i]!)));
      };
      expect(difference(255)).toBe(0);
      expect(difference(256)).toBeGreaterThan(1e-3);
    });
  });

  it('leaves no tensors behind', () => {
    const model = createUNetDenoiser(setting({ extraMask: 256 }), small);
    const states = fill([1, ...SHAPE], 256, 'int32');
    expectNoLeak(() => model.logits(states, 4));
  });

  it('has logits for each state: the logistic head is refused', () => {
    expect(() => createUNetDenoiser(setting({ extraMask: 256 }), { ...small, head: 'logistic' })).toThrow(
      'createUNetDenoiser: head is "logistic" with the extra mask 256, and would take the mask for a level; take the head "logits"',
    );
  });
});
