import { createRng, isD3pmError, type TrainableDenoiser } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { builtinModels, createModelRegistry, type ModelConfig } from '@d3pm/models';
import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

await prepareEngine({ backend: 'cpu' });

const setting = { numStates: 3, numSteps: 5, exampleShape: [4], rng: createRng(1) };
const registry = createModelRegistry(builtinModels);
const code = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return isD3pmError(error) ? error.code : error;
  }
  return 'no error';
};

it.each<ModelConfig>([
  { name: 'mlp', numChannels: 4, prediction: 'leave-one-out' },
  { name: 'transformer', numChannels: 4, numHeads: 2, numBlocks: 1 },
])('makes the model of the config $name', (config) => {
  const model: TrainableDenoiser = registry.fromConfig(config, setting);
  expect(model.prediction).toBe(config.prediction ?? 'denoiser');
  model.dispose();
});

it('refuses by type and at run time', () => {
  // @ts-expect-error no such name
  expect(code(() => registry.create('mpl', setting, {}))).toBe('UNKNOWN_NAME');
  // @ts-expect-error no such option
  expect(code(() => registry.create('mlp', setting, { depth: 2 }))).toBe('INVALID_OPTIONS');
  expect(code(() => registry.fromConfig({ name: 'mlp', depth: 2 } as ModelConfig, setting))).toBe('INVALID_OPTIONS');
  expect(code(() => registry.with({ ...builtinModels[0] }))).toBe('DUPLICATE_NAME');
});

it('makes what the reverse process reads, also by type, or nothing', () => {
  const model: TrainableDenoiser<'denoiser'> = registry.fromConfig({ name: 'mlp' }, { ...setting, prediction: 'denoiser' });
  model.dispose();
  const before = memory().numTensors;
  const config: ModelConfig = { name: 'mlp', prediction: 'leave-one-out' };
  expect(code(() => registry.fromConfig(config, { ...setting, prediction: 'denoiser' }))).toBe('UNSOUND');
  expect(memory().numTensors).toBe(before);
});
