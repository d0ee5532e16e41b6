import { createRng, isD3pmError, type D3pmErrorCode, type ModelSetting, type TrainableDenoiser } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { createT5Denoiser, parameterCount, t5Model, t5ParameterCount, t5Presets, type T5DenoiserOptions } from '@d3pm/models';
import { t5Shape } from '../../src/t5/t5-options.ts';
import { tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

const K = 5;
const T = 6;
const L = 8;
const setting = (seed: number | string = 1): ModelSetting => ({ numStates: K, numSteps: T, exampleShape: [L], rng: createRng(seed) });
const small = { numChannels: 12, numBlocks: 2, numHeads: 3, numBuckets: 8, maxDistance: 9 } as const;
const variants: Readonly<Record<string, T5DenoiserOptions<'denoiser'>>> = {
  'told the step': small,
  'not told the step': { ...small, time: 'none' },
  'with the buckets of the left alone': { ...small, bucketing: 'left-only' },
  causal: { ...small, causal: true },
};
const names = Object.keys(variants);
const make = (name: string, seed?: number): TrainableDenoiser<'denoiser'> => createT5Denoiser(setting(seed), variants[name]!);

const values = (given: Tensor): number[] => Array.from(given.dataSync());
function failure(work: () => unknown): { readonly code: string; readonly message: string } {
  try {
    work();
  } catch (error) {
    if (isD3pmError(error)) return error;
    throw error;
  }
  return { code: 'none', message: '' };
}

describe('the number of parameters', () => {
  beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

  const text8 = { numStates: 28, numSteps: 1000 };
  const lm1b = { numStates: 8193, numSteps: 1000 };

  it('is that of the authors: text8 and LM1B with a mask, 1000 steps', () => {
    expect(t5ParameterCount(text8)).toBe(85_765_248);
    expect(t5ParameterCount(lm1b)).toBe(98_306_688);
    expect(t5ParameterCount(text8, t5Presets[12])).toBe(85_765_248);
  });

  it('is without the table of steps that of a causal network, but for what stands before the first state', () => {
    expect(t5ParameterCount(text8, { time: 'none' })).toBe(85_765_248 - 768_000);
    expect(t5ParameterCount(text8, { causal: true })).toBe(85_765_248 - 768_000 + 768);
  });

  it('grows from size to size', () => {
    const counts = Object.values(t5Presets).map((preset) => t5ParameterCount(text8, preset));
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(
      Object.entries(t5Presets).map(([depth, { numBlocks, numChannels, numHeads }]) => [depth, numBlocks, numChannels / numHeads]),
    ).toEqual([1, 3, 6, 12, 24, 36, 48].map((depth) => [String(depth), depth, 64]));
  });

  it.each(names)('is told without the network: %s', (name) => {
    const model = make(name);
    expect(t5ParameterCount({ numStates: K, numSteps: T }, variants[name])).toBe(parameterCount(model));
    model.dispose();
  });
});

describe('first values', () => {
  beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

  const mean = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0) / list.length;
  const deviation = (list: readonly number[]): number => Math.sqrt(mean(list.map((value) => value ** 2)) - mean(list) ** 2);

  it('are those of the authors: normal, truncated normal and uniform, and the queries smaller by √d', () => {
    const [C, H] = [64, 4];
    const model = createT5Denoiser(
      { numStates: 300, numSteps: 100, exampleShape: [L], rng: createRng(3) },
      { numChannels: C, numBlocks: 1, numHeads: H },
    );
    const of = (name: string): number[] => values(model.parameters[name]!);
    const columns = (from: number, to: number): number[] =>
      of('blocks.0.attention.input.weight').filter((_, i) => i % (3 * C) >= from && i % (3 * C) < to);
    // The standard error of a deviation is 1 / √(2n) of itself; n is 4096 or more: 1.1 %, and five of them.
    const near = (list: readonly number[], expected: number): void => {
      expect(Math.abs(deviation(list) / expected - 1)).toBeLessThan(0.055);
      expect(Math.abs(mean(list))).toBeLessThan((5 * expected) / Math.sqrt(list.length));
    };
    near(of('embedding.weight'), 1);
    near(of('time.weight'), 1);
    near(columns(0, C), 1 / Math.sqrt(C) / Math.sqrt(C / H));
    near(columns(C, 2 * C), 1 / Math.sqrt(C));
    near(columns(2 * C, 3 * C), 1 / Math.sqrt(C));
    near(of('blocks.0.attention.output.weight'), 1 / Math.sqrt(C));
    const most = (list: readonly number[]): number => list.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
    for (const [name, inputs] of [
      ['blocks.0.feedForward.hidden.weight', C],
      ['blocks.0.feedForward.output.weight', 4 * C],
      ['output.weight', C],
    ] as const) {
      near(of(name), 1 / Math.sqrt(inputs));
      // Two deviations of the normal before it was cut.
      const limit = 2 / 0.8796256610342398 / Math.sqrt(inputs);
      expect(most(of(name))).toBeLessThanOrEqual(Math.fround(limit));
      expect(most(of(name))).toBeGreaterThan(0.98 * limit);
    }
    const bias = most(of('attention.relativeBias'));
    expect(bias).toBeLessThanOrEqual(Math.sqrt(6 / (H + 32)));
    expect(bias).toBeGreaterThan(0.9 * Math.sqrt(6 / (H + 32)));
    expect(new Set(of('norm.scale'))).toEqual(new Set([1]));
    model.dispose();
  });

  it('are those of the seed', () => {
    const [first, again, other] = [make('causal', 1), make('causal', 1), make('causal', 2)];
    for (const [name, value] of Object.entries(first.parameters)) expect(values(again.parameters[name]!)).toEqual(values(value));
    expect(values(other.parameters['output.weight']!)).not.toEqual(values(first.parameters['output.weight']!));
    for (const model of [first, again, other]) model.dispose();
  });
});

describe('dropout', () => {
  beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

  it('is a function of the source, and none without one or without a rate', () => {
    const [with_, without] = [createT5Denoiser(setting(), { ...small, dropout: 0.2 }), make('told the step')];
    const input = tensor([0, 1, 2, 3, 4, 0, 2, 1], [1, L], 'int32');
    const run = (model: TrainableDenoiser, seed?: number): number[] =>
      values(model.apply(model.parameters, input, 3, seed === undefined ? {} : { rng: createRng(seed) }));
    expect(run(with_, 1)).toEqual(run(with_, 1));
    expect(run(with_, 1)).not.toEqual(run(with_, 2));
    expect(run(with_)).toEqual(run(without));
    expect(run(without, 1)).toEqual(run(without));
    with_.dispose();
    without.dispose();
  });
});

describe('the options', () => {
  it.each([
    [768, 12],
    [64, 1],
    [63, 1],
    [200, 2],
    [1000, 10],
    [67 * 3, 3],
    [131, 1],
  ])('have for %i channels %i heads, unless others are given', (numChannels, expected) => {
    expect(t5Shape({ exampleShape: [L] }, { numChannels }).numHeads).toBe(expected);
  });

  it.each<[T5DenoiserOptions, string]>([
    [{ numChannels: 12, numHeads: 5 }, 'numHeads is 5, expected a divisor of numChannels, which is 12'],
    [{ numBuckets: 7 }, 'numBuckets is 7, expected an even integer'],
    [{ numBuckets: 2 }, 'numBuckets is 2'],
    [{ maxDistance: 16 }, 'maxDistance is 16, expected more than the 16 buckets of a side'],
    [{ bucketing: 'left-only', maxDistance: 32 }, 'expected more than the 32 buckets'],
    [{ bucketing: 'left' as never }, 'bucketing is "left"'],
    [{ time: 'tabel' as never }, 'did you mean "table"'],
    [{ causal: true, time: 'table' }, 'leave time out'],
    [{ causal: true, bucketing: 'bidirectional' }, 'leave bucketing out'],
    [{ causal: 1 as never }, 'causal is 1, expected true or false'],
    [{ dropout: 1 }, 'expected a probability in [0, 1)'],
    [{ outputBias: [0] } as never, 'outputBias'],
    [{ prediction: 'x0' as never }, 'prediction'],
    [null as never, 'expected an object'],
  ])('refuse %o', (options, part) => {
    const error = failure(() => createT5Denoiser(setting(), options));
    expect(error.code).toBe('INVALID_OPTIONS' satisfies D3pmErrorCode);
    expect(error.message).toContain('createT5Denoiser');
    expect(error.message).toContain(part);
  });

  it('refuse images', () => {
    const error = failure(() => createT5Denoiser({ ...setting(), exampleShape: [8, 8] }, small));
    expect([error.code, error.message]).toEqual(['SHAPE', expect.stringContaining('exampleShape is [8, 8], expected [length]')]);
  });

  it('take one head for fewer than 64 channels, and one for each 64 of more', () => {
    expect(t5ParameterCount({ numStates: K, numSteps: T }, { numChannels: 32, numBlocks: 1 })).toBe(
      t5ParameterCount({ numStates: K, numSteps: T }, { numChannels: 32, numBlocks: 1, numHeads: 1 }),
    );
    expect(t5ParameterCount({ numStates: K, numSteps: T }, { numChannels: 128, numBlocks: 1 })).toBe(
      t5ParameterCount({ numStates: K, numSteps: T }, { numChannels: 128, numBlocks: 1, numHeads: 2 }),
    );
  });

  it('make the network by name', async () => {
    await prepareEngine({ backend: 'cpu' });
    const model = t5Model.create(setting(), t5Model.parse({ ...small, prediction: 'leave-one-out' }));
    expect([model.prediction, model.numStates, model.numSteps, model.timeFree]).toEqual(['leave-one-out', K, T, false]);
    const { 'norm.scale': _, ...rest } = model.parameters;
    const error = failure(() => model.load({ ...rest, 'output.bias': zeros([K]) }));
    expect(error.code).toBe('UNKNOWN_NAME');
    expect(error.message).toContain('norm.scale is missing; output.bias is not known');
    model.dispose();
  });
});
