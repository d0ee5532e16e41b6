import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createRng, type Dataset } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainConfigSchema } from '../src/config/train-config-schema.ts';
import type { TrainConfig } from '../src/config/train-config.ts';
import { buildTraining, type Training } from '../src/train/build-training.ts';
import { evaluateTraining } from '../src/train/evaluate-training.ts';

const folder = mkdtempSync(join(tmpdir(), 'd3pm-build-'));
beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));
afterAll(() => rmSync(folder, { recursive: true }));

const text = { data: { name: 'moby-dick', length: 8 }, model: { name: 'transformer', numChannels: 8, numBlocks: 1, numHeads: 2 } };
const roll = { data: { name: 'swiss-roll', size: 40, numStates: 8, seed: 1 }, model: { name: 'mlp', numChannels: 8 } };
const build = (parts: object): Promise<Training> => buildTraining(configOf(parts));
const configOf = (parts: object): TrainConfig =>
  trainConfigSchema.parse({
    transition: { name: 'absorbing' },
    schedule: { name: 'inverse-remaining', numSteps: 6 },
    loss: { name: 'exact-count' },
    training: { numSteps: 1, batchSize: 2 },
    evaluation: { samples: 0, testExamples: 4 },
    ...parts,
  });

describe('a network that reads states as numbers', () => {
  const images = { data: { name: 'digits' }, model: { name: 'u-net', numChannels: 4, channelMultipliers: [1, 2], numResidualBlocks: 1 } };
  const inputsOf = ({ model }: Training): number => model.parameters['input.weight']!.shape[2]!;

  it('is told which state is the mask', async () => {
    const training = await build(images);
    expect([training.transition.extraMask, inputsOf(training)]).toEqual([17, 2]);
    training.dispose();
  });

  it('is the network of the paper where a level is the mask', async () => {
    const training = await build({
      ...images,
      transition: { name: 'absorbing', maskState: 8, extraMask: false },
      loss: { name: 'hybrid' },
    });
    expect([training.transition.extraMask, inputsOf(training)]).toEqual([undefined, 1]);
    training.dispose();
  });
});

describe('what a run is looked at with', () => {
  const never: Dataset['examples'] = () => {
    throw new Error('the test split is read');
  };
  const boundOf = (training: Training, parts: object): Promise<Readonly<Record<string, number>> | undefined> =>
    evaluateTraining(
      { step: 1, model: training.model, rng: createRng(1), samplesFolder: folder, signal: new AbortController().signal },
      { ...training, ...(training.valid && { test: { ...training.test!, examples: never } }) },
      configOf(parts),
    );

  it('is the validation split, and never the test, which models are not chosen by', async () => {
    const training = await build(text);
    expect(training.evaluated!.name).toBe('moby-dick/valid');
    expect((await boundOf(training, text))!['boundBits']).toBeGreaterThan(0);
    training.dispose();
  });

  it('is the test where the data has no other', async () => {
    const training = await build(roll);
    expect(training.evaluated!.name).toBe('swiss-roll/test');
    expect((await boundOf(training, roll))!['boundBits']).toBeGreaterThan(0);
    training.dispose();
  });
});

it('refuses data without a train split, naming those that there are', async () => {
  const file = join(folder, 'points.mjs');
  const split = `{ name: 'points', numStates: 4, exampleShape: [2], size: 3, examples: ({ length }) => ({ values: new Int32Array(2 * length), shape: [length, 2] }) }`;
  writeFileSync(
    file,
    `export const points = { specVersion: 1, kind: 'dataset', name: 'acme/points', parse: () => ({}), load: async () => ({ training: ${split}, test: ${split} }) };\n`,
  );
  await expect(build({ ...roll, data: { name: 'acme/points' }, plugins: [pathToFileURL(file).href] })).rejects.toMatchObject({
    code: 'INVALID_DATA',
    message: 'train: the data set acme/points has the splits training, test, expected train among them; its plugin names what it loads',
  });
});
