import { createRng } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { createMlpDenoiser } from '@d3pm/models';
import { encodeSafetensors, type HostTensor } from '@d3pm/train';
import { zeros } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkpointConfig } from '../src/learn/checkpoint-config.ts';
import { checkpointFiles } from '../src/learn/checkpoint-files.ts';
import { loadNetwork } from '../src/learn/load-network.ts';

const roll = {
  data: { name: 'swiss-roll', size: 50, numStates: 8, seed: 1 },
  transition: { name: 'uniform' },
  schedule: { name: 'cosine', numSteps: 5 },
  model: { name: 'mlp', numChannels: 4, numBlocks: 1 },
  loss: { name: 'hybrid', lambda: 0.01, reverse: 'mixture' },
};
const textOf = (config: unknown): string => JSON.stringify({ config, environment: {} });
const file = (name: string, content = ''): File => new File([content], name);

describe('the files of a checkpoint', () => {
  it('are the config and the averaged weights, of a whole folder', async () => {
    const names = ['optimizer.safetensors', 'model.safetensors', 'ema.safetensors', 'config.json', 'MANIFEST.json'];
    const { config, weights, weightsName } = await checkpointFiles(names.map((name) => file(name, name)));
    expect([config, new TextDecoder().decode(weights), weightsName]).toEqual(['config.json', 'ema.safetensors', 'ema.safetensors']);
    expect((await checkpointFiles([file('config.json'), file('model.safetensors')])).weightsName).toBe('model.safetensors');
  });

  it.each([
    [[], 'config.json, and ema.safetensors or model.safetensors is missing among no files'],
    [['config.json'], 'ema.safetensors or model.safetensors is missing among config.json'],
    [['ema.safetensors', 'state.json'], 'config.json is missing among ema.safetensors, state.json'],
  ])('of %j lack something, which is said', async (names, message) => {
    await expect(checkpointFiles(names.map((name) => file(name)))).rejects.toThrow(message);
  });
});

describe('the config of a checkpoint', () => {
  it('is of characters or of a swiss roll', () => {
    expect(checkpointConfig(textOf(roll)).kind).toBe('swiss-roll');
    expect(checkpointConfig(textOf({ ...roll, data: { name: 'moby-dick', length: 16 } })).kind).toBe('characters');
  });

  it.each([
    ['{', 'config.json is not JSON'],
    ['[]', 'it has no "config"'],
    ['{"config": 3}', 'it has no "config"'],
    [textOf({ ...roll, model: undefined }), 'its model is missing, expected { name, … }'],
    [textOf({ ...roll, transition: 'uniform' }), 'its transition is "uniform", expected { name, … }'],
    [textOf({ ...roll, schedule: { name: 'cosine', numSteps: 'many' } }), 'its schedule.numSteps is "many", expected a whole number'],
    [
      textOf({ ...roll, data: { name: 'mnist' } }),
      'it was trained on "mnist", and this page shows samples of moby-dick, text8, swiss-roll only',
    ],
    [textOf({ ...roll, data: { name: 'constructor' } }), 'it was trained on "constructor"'],
  ])('is refused with the reason: %.40s', (text, message) => {
    expect(() => checkpointConfig(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_DATA', message: expect.stringContaining(message) }),
    );
  });
});

describe('the network of a checkpoint', () => {
  beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

  const setting = { numStates: 8, numSteps: 5, exampleShape: [2], rng: createRng(3) };
  const parametersOf = async (): Promise<Record<string, HostTensor>> => {
    const model = createMlpDenoiser(setting, { numChannels: 4, numBlocks: 1 });
    const entries = Object.entries(model.parameters).map(async ([name, value]): Promise<[string, HostTensor]> => [
      name,
      { dtype: 'F32', shape: value.shape, data: Float32Array.from(await value.data()) },
    ]);
    return Object.fromEntries(await Promise.all(entries));
  };

  it('says what the network said that was saved', async () => {
    const weights = encodeSafetensors(await parametersOf());
    const network = await loadNetwork({ config: textOf(roll), weights, weightsName: 'ema.safetensors' });
    const states = zeros([3, 2], 'int32');
    const saved = createMlpDenoiser(setting, { numChannels: 4, numBlocks: 1 });
    expect(await network.denoiser.logits(states, 2).data()).toEqual(await saved.logits(states, 2).data());
    expect(network).toMatchObject({
      kind: 'swiss-roll',
      exampleShape: [2],
      origin: 'From a checkpoint (ema.safetensors) of a mlp trained on swiss-roll',
    });
  });

  it('is refused where the weights are of another, or damaged', async () => {
    const weights = encodeSafetensors(await parametersOf());
    const wider = textOf({ ...roll, model: { ...roll.model, numChannels: 5 } });
    await expect(loadNetwork({ config: wider, weights, weightsName: 'w' })).rejects.toMatchObject({ code: 'SHAPE' });
    const cut = weights.subarray(0, weights.length - 4);
    await expect(loadNetwork({ config: textOf(roll), weights: cut, weightsName: 'w' })).rejects.toMatchObject({ code: 'INVALID_DATA' });
  });

  it('takes the mask’s schedule for any data, and says that it cannot know another’s', async () => {
    const weights = encodeSafetensors(await parametersOf());
    const schedule = { name: 'mutual-information', numSteps: 5 };
    const uniform = textOf({ ...roll, schedule });
    await expect(loadNetwork({ config: uniform, weights, weightsName: 'w' })).rejects.toThrow(
      'its schedule is by the mutual information of uniform noise with all of its training data',
    );
    const masked = textOf({ ...roll, schedule, transition: { name: 'absorbing' } });
    // The chain is made: what does not fit is the K of these weights.
    await expect(loadNetwork({ config: masked, weights, weightsName: 'w' })).rejects.toMatchObject({ code: 'SHAPE' });
  });
});
