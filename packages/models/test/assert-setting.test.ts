import { createRng, D3pmError, type ModelSetting, type TrainableDenoiser } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import {
  createConvolutionDenoiser,
  createMlpDenoiser,
  createT5Denoiser,
  createTransformerDenoiser,
  createUNetDenoiser,
  defineDenoiser,
  zeroValues,
} from '@d3pm/models';
import { add, expandDims, memory, zeros } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

const makers: Readonly<Record<string, (setting: ModelSetting) => TrainableDenoiser>> = {
  createMlpDenoiser: (setting) => createMlpDenoiser(setting),
  createConvolutionDenoiser: (setting) => createConvolutionDenoiser(setting),
  createTransformerDenoiser: (setting) => createTransformerDenoiser(setting),
  createT5Denoiser: (setting) => createT5Denoiser(setting),
  createUNetDenoiser: (setting) => createUNetDenoiser(setting),
  lonely: ({ numStates, numSteps, exampleShape, rng }) =>
    defineDenoiser({
      name: 'lonely',
      prediction: 'denoiser',
      numStates,
      numSteps,
      exampleShape,
      timeFree: true,
      rng,
      specs: { bias: { shape: [4], initial: zeroValues } },
      network: ({ bias }, states) => add(expandDims(zeros(states.shape), -1), bias!),
    }),
};
const right: ModelSetting = { numStates: 4, numSteps: 10, exampleShape: [8], rng: createRng(1) };

describe.each(Object.entries(makers))('%s refuses, before it allocates anything,', (name, make) => {
  it.each<[string, object, string, string]>([
    ['no number of states', { numStates: undefined }, 'INVALID_OPTIONS', 'numStates is undefined, expected an integer at least 1'],
    ['no state', { numStates: 0 }, 'INVALID_OPTIONS', 'numStates is 0'],
    ['no step', { numSteps: 0 }, 'INVALID_OPTIONS', 'numSteps is 0'],
    ['an axis without positions', { exampleShape: [8, 0] }, 'SHAPE', 'exampleShape is [8, 0]'],
    ['half a position', { exampleShape: [2.5] }, 'SHAPE', 'exampleShape is [2.5]'],
    ['no source of randomness', { rng: undefined }, 'INVALID_OPTIONS', 'rng is undefined, expected a source of randomness'],
  ])('%s', (_, wrong, code, message) => {
    const before = memory().numTensors;
    const work = (): TrainableDenoiser => make({ ...right, ...wrong });
    expect(work).toThrow(D3pmError);
    expect(work).toThrow(expect.objectContaining({ code, message: expect.stringContaining(`${name}: ${message}`) }));
    expect(memory().numTensors).toBe(before);
  });
});

describe.each(Object.entries(makers).slice(0, 5))('%s refuses', (_, make) => {
  it.each<[string, object, string]>([
    ['no example', { exampleShape: undefined }, 'exampleShape is undefined'],
    ['a mask that is no state', { extraMask: 4 }, 'extraMask is 4, expected an integer in 0…3'],
  ])('%s', (__, wrong, message) => {
    expect(() => make({ ...right, ...wrong })).toThrow(message);
  });

  it('no setting', () => {
    expect(() => make(undefined as unknown as ModelSetting)).toThrow('the setting is undefined');
  });
});
